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
 * Whether a database exists on a server. While it does not, the next attempt is delayed, each time twice as long, so that
 * polls of a missing database do not connect. Thread-safe.
 */
final class MissingDatabase {

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** The number of databases changes only when Redis restarts. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String server;
    private final int index;
    private final LongSupplier nanoTime;
    private @Nullable KeyspaceException failure;
    private long pauseNanos = FIRST_PAUSE.toNanos();
    private long lookAgain;

    /**
     * A database that was not tried yet.
     *
     * @param server for messages
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    MissingDatabase(String server, int index, LongSupplier nanoTime) {
        this.server = server;
        this.index = index;
        this.nanoTime = nanoTime;
    }

    /** Whether this is the error of Redis for a missing database. */
    static boolean isSaidBy(JedisDataException error) {
        String message = String.valueOf(error.getMessage());
        return message.startsWith("ERR DB index")
                || message.startsWith("ERR invalid DB index")
                || message.startsWith("ERR SELECT is not allowed");
    }

    /**
     * Must be called before connecting.
     *
     * @throws KeyspaceException if the database was missing recently
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
     * A connection could not select the database.
     *
     * @param databases how many the server has, or 0 if that is unknown
     * @return the exception to throw
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
            case 1 -> beginning + ", which has database 0 only: remove databaseIndex, or set it to 0";
            default -> beginning + ", which has " + databases + ": set databaseIndex between 0 and " + (databases - 1);
        };
    }

    /** Number of databases of the server, given an index that is too high; 0 if unknown. Uses only SELECT. */
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
