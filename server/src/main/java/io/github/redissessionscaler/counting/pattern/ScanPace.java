package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * When a scan may ask a server for its next page, so that the pages take a share of the server's time on average. Time between
 * two pages that is no pause, for the network and for the keys of a page, counts as one, and so does a pause that lasted too
 * long. For one thread.
 */
final class ScanPace {

    /** The longest time that a late page is ahead of the next ones: one or two may follow at once. */
    static final Duration MOST_SAVED = Duration.ofMillis(10);

    /** The longest pause after one page, however long it took. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final DoubleSupplier share;
    private long restUntil;

    /**
     * The first page may be asked for now.
     *
     * @param share above 0 and up to 1, read after each page; at 1 there is no pause
     * @param now as {@link System#nanoTime}, as for all methods
     */
    ScanPace(DoubleSupplier share, long now) {
        this.share = share;
        this.restUntil = now;
    }

    /** A page has come that took so much of the server's time, in nanoseconds. */
    void spent(long serverNanos, long now) {
        long late = Math.min(now - restUntil, serverNanos + MOST_SAVED.toNanos());
        long turn = (long) ((double) serverNanos / share.getAsDouble());
        restUntil = now - late + Math.min(turn, serverNanos + LONGEST_PAUSE.toNanos());
    }

    /** Nanoseconds until the next page may be asked for, 0 or more. */
    long pause(long now) {
        return Math.max(0, restUntil - now);
    }
}
