package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.Database;

/**
 * Tells when something in a database may have changed, as far as its servers send keyspace events. They do so only if they
 * are configured to, lose what a broken connection misses, and send nothing for FLUSHDB: an event is a hint to count again
 * and never the count. Thread-safe.
 */
public interface KeyspaceEvents {

    /** Who is told. Calls come from several threads, may come 50,000 times a second, and must return at once. */
    interface Listener {

        /** An event has come. */
        void event();

        /** A connection was made or lost: events may have been missed, and whether any come has to be seen anew. */
        void interrupted();
    }

    /** What {@link #listen} started; closing it ends the calls soon. */
    interface Feed extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Listens to every primary of the database, reconnecting by itself and following failovers, until the feed is closed.
     * Returns at once, whether Redis is there or not.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     */
    Feed listen(Database database, Listener listener);

    /** What {@link Keyspaces#canonical} says. */
    default Database canonical(Database database) {
        return database;
    }
}
