package io.github.redissessionscaler.app;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** A clock that starts at the machine's time and then never jumps, so that ages are right when the machine's time does. */
final class MonotonicClock implements InstantSource {

    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;

    MonotonicClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /**
     * A clock of these two.
     *
     * @param machine is asked once, and may jump after that
     * @param nanoTime never jumps; nanoseconds since any moment
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
