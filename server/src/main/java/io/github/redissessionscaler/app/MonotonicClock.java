package io.github.redissessionscaler.app;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** A clock that starts at the system time and never jumps, so that ages stay correct when the system time changes. */
public final class MonotonicClock implements InstantSource {

    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;

    /** A clock that starts now. */
    public MonotonicClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /**
     * A clock from two sources.
     *
     * @param machine the system clock; read once
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    MonotonicClock(InstantSource machine, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = machine.instant();
        this.startNanos = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanoTime.getAsLong() - startNanos);
    }
}
