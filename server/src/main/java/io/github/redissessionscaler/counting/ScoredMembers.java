package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts members of a sorted set whose scores are times since 1970, in seconds, milliseconds, microseconds or nanoseconds.
 *
 * <p>The size of a score determines its unit: below 10^11 it is in seconds (until the year 5138), from there to 10^14 in
 * milliseconds (since 1973), and so on. Each unit is counted for itself, so a count is correct even if units are mixed in one
 * set. Thread-safe.
 */
public final class ScoredMembers {

    /** A unit of scores, and the range of those in it: from the first one on, before the end. */
    private record ScoreUnit(double perMilli, double first, double end) {

        /** The lowest score in this unit that is not before an instant. */
        double from(Instant start) {
            return Math.max((double) start.toEpochMilli() * perMilli, first);
        }
    }

    private static final ScoreUnit SECONDS = new ScoreUnit(1e-3, 0, 1e11);
    private static final ScoreUnit MILLIS = new ScoreUnit(1, 1e11, 1e14);
    private static final ScoreUnit MICROS = new ScoreUnit(1e3, 1e14, 1e17);
    private static final ScoreUnit NANOS = new ScoreUnit(1e6, 1e17, Double.POSITIVE_INFINITY);

    /** In 2001: scores that are lower in every unit are ranks or amounts. */
    private static final Instant EARLIEST = Instant.ofEpochSecond(1_000_000_000);

    private final Keyspace keyspace;
    private final String key;
    private final ServerClock serverClock;

    public ScoredMembers(Keyspace keyspace, String key, ServerClock serverClock) {
        this.keyspace = keyspace;
        this.key = key;
        this.serverClock = serverClock;
    }

    /** Members with a score less than this time ago. Scores in the future count, because clocks differ, and infinite ones. */
    public long within(Duration duration) {
        return since(serverClock.now().minus(duration));
    }

    /** Whether there are members, and no score is a time since 2001 in any unit. */
    public boolean areNoTimes() {
        return since(EARLIEST) == 0 && countByScore(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY) > 0;
    }

    /** Sends one command more only if there are scores in microseconds or nanoseconds. */
    private long since(Instant start) {
        long larger = countByScore(MICROS.from(start), Double.POSITIVE_INFINITY);
        long tooEarly = larger == 0 ? 0 : countByScore(NANOS.first(), Math.nextDown(NANOS.from(start)));
        return count(SECONDS, start) + count(MILLIS, start) + larger - tooEarly;
    }

    private long count(ScoreUnit unit, Instant start) {
        return countByScore(unit.from(start), Math.nextDown(unit.end()));
    }

    /** Members whose score is now or later. */
    public long unexpired() {
        return countByScore((double) serverClock.now().toEpochMilli(), Double.POSITIVE_INFINITY);
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
