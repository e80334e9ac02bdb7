package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.HpaSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Simulates KEDA and its HPA for one application. Callers supply the responses of the triggers' scalers, always in the same
 * order; a supplier is called only when KEDA would call the scaler. Time must not go backwards. Not thread-safe.
 */
public final class Autoscaler {

    /** How often the HPA evaluates its metrics by default. */
    public static final Duration SYNC_PERIOD = Duration.ofSeconds(15);

    private final KedaSimulator keda;
    private final HpaSimulator hpa;
    private long replicas;

    /** Starts with this number of replicas. */
    public Autoscaler(ScaledObject spec, long replicas, Instant now) {
        this.keda = new KedaSimulator(spec, now);
        this.hpa = new HpaSimulator(spec.hpa());
        this.replicas = replicas;
    }

    /** The desired number of replicas. */
    public long replicas() {
        return replicas;
    }

    /** KEDA's poll, due at every {@link ScaledObject#pollingInterval}. */
    public Decision poll(Supplier<List<ScalerResponse>> triggers, Instant now) {
        return decided(keda.poll(replicas, triggers, now));
    }

    /** A trigger has pushed that it is active. KEDA ignores other pushes. */
    public Decision pushedActive(Instant now) {
        return decided(keda.active(replicas, false, now));
    }

    /** The HPA's evaluation, due at every {@link #SYNC_PERIOD}. Outside its minimum and maximum it reads no metric. */
    public Decision sync(Supplier<List<ScalerResponse>> triggers, Instant now) {
        if (!hpa.needsMetrics(replicas)) {
            if (replicas == 0) {
                keda.hpaHasMetrics(false);
            }
            return decided(hpa.sync(replicas, List.of(), now));
        }
        Decision decision = hpa.sync(replicas, keda.readings(replicas, triggers), now);
        keda.hpaHasMetrics(decision.reason() != DecisionReason.NO_METRIC);
        return decided(decision);
    }

    private Decision decided(Decision decision) {
        replicas = decision.replicas();
        return decision;
    }
}
