package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.Database;

/** The Redis databases that the scaler may read. Thread-safe. */
public interface Keyspaces {

    /**
     * The database; connects at its first use.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such connection, or the connection
     *     has no such database
     */
    Keyspace of(Database database);

    /**
     * Returns if there is such a database. Does not block; has no side effects.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException as {@link #of} does
     */
    default void check(Database database) {}

    /**
     * Identifies the servers that a read of the database uses now: equal while they are the same. Does not block.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException as {@link #of} does
     */
    default Object backend(Database database) {
        return of(database);
    }

    /** The servers of the database, as they are configured, for messages. Does not block. */
    default String name(Database database) {
        return "Redis of the connection " + database.connection();
    }

    /**
     * The database with an explicit index, so that two names of one database are equal; unchanged if it is unknown. A trigger
     * keeps the name without one: it would lose its history when a reload changes the connection's index.
     */
    default Database canonical(Database database) {
        return database;
    }
}
