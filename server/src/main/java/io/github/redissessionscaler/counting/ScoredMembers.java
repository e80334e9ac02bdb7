package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts members of a sorted set whose scores are times, in seconds or milliseconds since 1970.
 *
 * <p>The size of a score determines its unit: below 10^11 it is in seconds (until the year 5138), from there to 10^14 in
 * milliseconds (since 1973). Each count uses one ZCOUNT for each unit, so it is correct for both units, even mixed in one
 * set. Thread-safe.
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

    /** Members with a score less than this time ago. Scores in the future count, because clocks differ. */
    public long within(Duration duration) {
        Instant start = serverClock.now().minus(duration);
        return countSeconds(start) + countMillis(start);
    }

    /** Members whose score is now or later. */
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
                    "the key %s holds %s, but must be a sorted set".formatted(Printable.of(key), found),
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
