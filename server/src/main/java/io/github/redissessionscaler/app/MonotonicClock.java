package io.github.redissessionscaler.app;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that starts at the machine's time and then never jumps, so that ages are right when the machine's time does. */
final class MonotonicClock implements InstantSource {

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
