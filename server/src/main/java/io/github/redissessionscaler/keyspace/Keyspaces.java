package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.Database;

/** The Redis databases that the scaler may read. Thread-safe. */
public interface Keyspaces {

    /**
     * The database, connected to at its first use and not here.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such connection, or the
     *     connection has no such database
     */
    Keyspace of(Database database);

    /**
     * Returns if there is such a database. Does not block, and changes nothing.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException as {@link #of} does
     */
    default void check(Database database) {}

    /**
     * Identifies the servers that a read of the database asks now: equal at two moments while they are the same. Does not
     * block.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException as {@link #of} does
     */
    default Object backend(Database database) {
        return of(database);
    }

    /** The same database with its index, so that one that is named in two ways is one; unchanged where it is not known. */
    default Database canonical(Database database) {
        return database;
    }
}
