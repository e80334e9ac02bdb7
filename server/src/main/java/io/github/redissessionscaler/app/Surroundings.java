package io.github.redissessionscaler.app;

import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.management.DemoText;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a scaler sees besides Redis and its callers.
 *
 * @param replicas of the applications, which the status page estimates otherwise
 * @param clock a monotonic clock of everything that is shown, and of the outage policies
 * @param demo what the status page says about a demonstration; empty if this is none. Must not block
 */
public record Surroundings(RunningReplicas replicas, InstantSource clock, Supplier<Optional<DemoText>> demo) {

    /** Of a scaler in production. */
    static Surroundings real() {
        return new Surroundings(RunningReplicas.UNKNOWN, new MonotonicClock(), Optional::empty);
    }
}
