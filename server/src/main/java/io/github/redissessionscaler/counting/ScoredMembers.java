package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import io.github.redissessionscaler.problem.Quoted;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Members of one sorted set scored by time, told in seconds or milliseconds since 1970.
 *
 * <p>The unit is told by the size of a score: below 10^11 it is seconds (until the year 5138), from there to 10^14
 * milliseconds (since 1973). So a count is right in either unit, and in a set that holds both. The unit that nobody uses
 * is looked at again once in a while only, which leaves one ZCOUNT a count. Thread-safe.
 */
final class ScoredMembers {

    private static final double FIRST_MILLIS = 1e11;
    private static final double END_OF_MILLIS = 1e14;
    private static final Duration UNIT_TRUSTED = Duration.ofMinutes(1);

    private record Units(boolean seconds, boolean millis, Instant at) {

        /** Nothing yet, since when nothing is known. */
        static final Units UNKNOWN = new Units(true, true, Instant.EPOCH);
    }

    private final Keyspace keyspace;
    private final String key;
    private final ServerClock serverClock;
    private final InstantSource clock;

    private volatile Units units = Units.UNKNOWN;

    ScoredMembers(Keyspace keyspace, String key, ServerClock serverClock, InstantSource clock) {
        this.keyspace = keyspace;
        this.key = key;
        this.serverClock = serverClock;
        this.clock = clock;
    }

    /** Those scored after this long before now; a score in the future counts, since clocks differ. */
    long within(Duration duration) {
        Instant local = clock.instant();
        Instant start = serverClock.now().minus(duration);
        Units used = units;
        if (!used.at().plus(UNIT_TRUSTED).isAfter(local)) {
            used = Units.UNKNOWN;
        }
        long seconds = used.seconds() ? countSeconds(start) : 0;
        long millis = used.millis() ? countMillis(start) : 0;
        if (seconds + millis == 0) {
            units = Units.UNKNOWN;
        } else if (used.at().equals(Instant.EPOCH)) {
            units = new Units(seconds > 0, millis > 0, local);
        }
        return seconds + millis;
    }

    /** Those whose score, in milliseconds, is not before now. */
    long unexpired() {
        return countByScore((double) serverClock.now().toEpochMilli(), Double.POSITIVE_INFINITY);
    }

    private long countSeconds(Instant start) {
        double from = start.toEpochMilli() / 1e3;
        return countByScore(from, Math.nextDown(FIRST_MILLIS));
    }

    private long countMillis(Instant start) {
        return keyspace.countByScore(
                key, Math.max((double) start.toEpochMilli(), FIRST_MILLIS), Math.nextDown(END_OF_MILLIS));
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
                    "the key %s holds %s, where a sorted set is wanted".formatted(Quoted.of(key), found),
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
