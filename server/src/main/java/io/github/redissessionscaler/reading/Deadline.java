package io.github.redissessionscaler.reading;

import java.time.Duration;

/** A point in time, as {@link System#nanoTime}. */
public record Deadline(long nanoTime) {

    private static final long LEAST_NANOS = 100_000_000;

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean isBefore(Deadline other) {
        return nanoTime - other.nanoTime < 0;
    }

    /** The deadline after a tenth of the remaining time, but after 100 ms at least, if they remain. */
    Deadline sooner() {
        long nanos = remainingNanos();
        return in(Duration.ofNanos(Math.min(nanos, Math.max(nanos / 10, LEAST_NANOS))));
    }

    /** The remaining time in nanoseconds; 0 after the deadline. */
    public long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }
}
