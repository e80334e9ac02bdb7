package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Whether one server lacks one database. While it does, the next look is put off, each time for twice as long, so that polls
 * of a database that does not exist do not connect. Thread-safe.
 */
final class MissingDatabase {

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** Redis takes another number of databases only when it starts. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String server;
    private final int index;
    private final LongSupplier nanoTime;
    private @Nullable KeyspaceException failure;
    private long pauseNanos = FIRST_PAUSE.toNanos();
    private long lookAgain;

    /**
     * A database that nobody has looked for.
     *
     * @param server for messages
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    MissingDatabase(String server, int index, LongSupplier nanoTime) {
        this.server = server;
        this.index = index;
        this.nanoTime = nanoTime;
    }

    /** Whether this is what Redis says of a database that it does not have. */
    static boolean isSaidBy(JedisDataException error) {
        String message = String.valueOf(error.getMessage());
        return message.startsWith("ERR DB index")
                || message.startsWith("ERR invalid DB index")
                || message.startsWith("ERR SELECT is not allowed");
    }

    /**
     * To be called before connecting.
     *
     * @throws KeyspaceException if the database was missing a short time ago
     */
    synchronized void check() {
        KeyspaceException last = failure;
        if (last != null && nanoTime.getAsLong() - lookAgain < 0) {
            throw new KeyspaceException(last.reason(), String.valueOf(last.getMessage()), last);
        }
    }

    /** A connection has selected the database. */
    synchronized void found() {
        failure = null;
        pauseNanos = FIRST_PAUSE.toNanos();
    }

    /**
     * A connection could not select it.
     *
     * @param databases how many the server has, or 0 if that is unknown
     * @return what to throw
     */
    synchronized KeyspaceException missing(int databases, JedisDataException cause) {
        var missing = new KeyspaceException(Reason.OTHER, words(databases), cause);
        failure = missing;
        lookAgain = nanoTime.getAsLong() + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
        return missing;
    }

    private String words(int databases) {
        String beginning = "database index " + index + " does not exist on " + server;
        return switch (databases) {
            case 0 -> beginning + ", which has fewer databases: set databaseIndex to one of them";
            case 1 -> beginning + ", which has the database 0 only: remove databaseIndex, or set it to 0";
            default -> beginning + ", which has " + databases + ": set databaseIndex between 0 and " + (databases - 1);
        };
    }

    /** How many databases the server has, given an index that it lacks; 0 if it does not say. SELECT is all it is asked. */
    static int databases(Connection connection, int tooHigh) {
        int has = -1;
        int lacks = tooHigh;
        try {
            while (lacks - has > 1) {
                int middle = has + (lacks - has) / 2;
                if (has(connection, middle)) {
                    has = middle;
                } else {
                    lacks = middle;
                }
            }
        } catch (JedisException e) {
            return 0;
        }
        return lacks;
    }

    private static boolean has(Connection connection, int index) {
        try {
            connection.select(index);
            return true;
        } catch (JedisDataException e) {
            if (isSaidBy(e)) {
                return false;
            }
            throw e;
        }
    }
}
