package io.github.redissessionscaler.push;

import java.time.Duration;

/**
 * Limits the rounds of a database to a tenth of the time, on average over a second. After a quiet second, rounds may follow
 * one another at once for 0.1 s together. This is a token bucket. Not thread-safe.
 */
final class RoundBudget {

    /** Share of the time that rounds may take on average: one part in so many. */
    private static final int SHARE = 10;

    /** The longest pause, however long a round took, so that changes are not delayed by much. */
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    /** What a quiet second saves. */
    private static final long MOST = LONGEST_PAUSE / SHARE;

    /** What each round costs at least, so that very short rounds are limited to a hundred a second. */
    private static final long LEAST_COST = Duration.ofMillis(1).toNanos();

    private long saved = MOST;
    private long counted;

    /** @param now the time of the JVM's clock, as for all methods ({@link System#nanoTime}) */
    RoundBudget(long now) {
        counted = now;
    }

    /** Nanoseconds until the next round may start; 0 if it may start now. At most a second. */
    long pause(long now) {
        refill(now);
        return saved > 0 ? 0 : -saved * SHARE;
    }

    /** A round has ended that took so many nanoseconds. */
    void spend(long nanos, long now) {
        refill(now);
        saved = Math.max(saved - Math.max(nanos, LEAST_COST), -MOST);
    }

    private void refill(long now) {
        saved = Math.min(MOST, saved + (now - counted) / SHARE);
        counted = now;
    }
}
