package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;

/**
 * Members of one sorted set scored by time, told in seconds or milliseconds since 1970.
 *
 * <p>The unit is told by the size of a score: below 10^11 it is seconds (until the year 5138), from there to 10^14
 * milliseconds (since 1973). Both are counted each time, by a ZCOUNT each, so that a count is right in either unit, in a set
 * that holds both, and from the first member on that comes in the other one. Thread-safe.
 */
public final class ScoredMembers {

    private static final double FIRST_MILLIS = 1e11;
    private static final double END_OF_MILLIS = 1e14;

    private final Keyspace keyspace;
    private final String key;
    private final ServerClock serverClock;

    public ScoredMembers(Keyspace keyspace, String key, ServerClock serverClock) {
        this.keyspace = keyspace;
        this.key = key;
        this.serverClock = serverClock;
    }

    /** Those scored after this long before now; a score in the future counts, since clocks differ. */
    public long within(Duration duration) {
        Instant start = serverClock.now().minus(duration);
        return countSeconds(start) + countMillis(start);
    }

    /** Those whose score, in milliseconds, is not before now. */
    public long unexpired() {
        return countByScore((double) serverClock.now().toEpochMilli(), Double.POSITIVE_INFINITY);
    }

    private long countSeconds(Instant start) {
        double from = start.toEpochMilli() / 1e3;
        return countByScore(from, Math.nextDown(FIRST_MILLIS));
    }

    private long countMillis(Instant start) {
        return countByScore(Math.max((double) start.toEpochMilli(), FIRST_MILLIS), Math.nextDown(END_OF_MILLIS));
    }

    private long countByScore(double min, double max) {
        try {
            return keyspace.countByScore(key, min, max);
        } catch (KeyspaceException e) {
            if (e.reason() != Reason.WRONGTYPE) {
                throw e;
            }
            String found = keyspace.type(key).map(ScoredMembers::noun).orElse("another type");
            throw new KeyspaceException(
                    Reason.WRONGTYPE,
                    "the key %s holds %s, where a sorted set is wanted".formatted(Printable.of(key), found),
                    e);
        }
    }

    private static String noun(KeyType type) {
        return switch (type) {
            case STRING -> "a string";
            case LIST -> "a list";
            case SET -> "a set";
            case ZSET -> "a sorted set";
            case HASH -> "a hash";
            case STREAM -> "a stream";
        };
    }
}
