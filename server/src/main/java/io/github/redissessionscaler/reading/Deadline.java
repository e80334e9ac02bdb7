package io.github.redissessionscaler.reading;

import java.time.Duration;

/** A moment by which an answer must be there, by the machine's monotonic clock. */
public record Deadline(long nanoTime) {

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** What is left of the time, in nanoseconds; 0 when nothing is. */
    public long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }
}
