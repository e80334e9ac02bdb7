package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Slows requests down, so that they take a share of one server's time on average. Time between two requests that is no pause,
 * for the network and for the keys of a page, counts as one, and so does a pause that lasted too long. For one thread.
 */
final class ServerThrottle {

    /** The longest time by which a late request is ahead of the next ones: one or two may follow at once. */
    static final Duration MOST_SAVED = Duration.ofMillis(10);

    /** The longest pause after one request, however long it took. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final DoubleSupplier share;
    private long restUntil;

    /**
     * The first request may be sent now.
     *
     * @param share above 0 and up to 1, read after each request; at 1 there is no pause
     * @param now as {@link System#nanoTime}, as for all methods
     */
    ServerThrottle(DoubleSupplier share, long now) {
        this.share = share;
        this.restUntil = now;
    }

    /** The pause after a request that took so much of the server's time, in nanoseconds. */
    static long pauseAfter(long serverNanos, double share) {
        return Math.min((long) ((double) serverNanos * (1 / share - 1)), LONGEST_PAUSE.toNanos());
    }

    /** A request has ended that took so much of the server's time, in nanoseconds. */
    void spent(long serverNanos, long now) {
        long late = Math.min(now - restUntil, serverNanos + MOST_SAVED.toNanos());
        restUntil = now - late + serverNanos + pauseAfter(serverNanos, share.getAsDouble());
    }

    /** Nanoseconds until the next request may be sent, 0 or more. */
    long pause(long now) {
        return Math.max(0, restUntil - now);
    }
}
