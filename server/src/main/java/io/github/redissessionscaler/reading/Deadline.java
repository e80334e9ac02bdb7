package io.github.redissessionscaler.reading;

import java.time.Duration;

/** A point in time, as {@link System#nanoTime}. */
public record Deadline(long nanoTime) {

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean isBefore(Deadline other) {
        return nanoTime - other.nanoTime < 0;
    }

    /** The remaining time in nanoseconds; 0 after the deadline. */
    public long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }
}
