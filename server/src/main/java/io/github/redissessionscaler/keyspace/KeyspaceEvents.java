package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.Database;

/**
 * Subscribes to the keyspace events of a database. Servers send them only if configured to, send none for FLUSHDB, and
 * events are lost while a connection is broken: an event means that a new count is needed, no more. Thread-safe.
 */
public interface KeyspaceEvents {

    /** Receives events. Called from several threads, up to 50,000 times a second; must not block. */
    interface Listener {

        /** An event has arrived. */
        void event();

        /** A connection was opened or lost: events may have been missed, and it is unknown whether further ones arrive. */
        void interrupted();
    }

    /** A subscription; after it is closed, calls stop soon. */
    interface Feed extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Subscribes to every primary of the database, with reconnects and across failovers, until the feed is closed. Does not
     * block, even if Redis is unavailable.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     */
    Feed listen(Database database, Listener listener);

    /** See {@link Keyspaces#canonical}. */
    default Database canonical(Database database) {
        return database;
    }
}
