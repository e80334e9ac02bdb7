package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.HpaSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * KEDA and the HPA that it made, at work on one application. Its user supplies the answers of the triggers' scalers, in the same
 * order every time, which are asked only when KEDA asks them. Time must not run backwards. Not for use by several threads.
 */
public final class Autoscaler {

    /** How often the HPA looks, unless the cluster says otherwise. */
    public static final Duration SYNC_PERIOD = Duration.ofSeconds(15);

    private final KedaSimulator keda;
    private final HpaSimulator hpa;
    private long replicas;

    /** Begins with so many replicas. */
    public Autoscaler(ScaledObject spec, long replicas, Instant now) {
        this.keda = new KedaSimulator(spec, now);
        this.hpa = new HpaSimulator(spec.hpa());
        this.replicas = replicas;
    }

    /** How many replicas there shall be. */
    public long replicas() {
        return replicas;
    }

    /** KEDA's poll, due at every {@link ScaledObject#pollingInterval}. */
    public Decision poll(Supplier<List<ScalerResponse>> triggers, Instant now) {
        return decided(keda.poll(replicas, triggers, now));
    }

    /** A trigger has pushed that it is active. What it pushes otherwise, KEDA ignores. */
    public Decision pushedActive(Instant now) {
        return decided(keda.active(replicas, false, now));
    }

    /** The HPA's look at the metrics, due at every {@link #SYNC_PERIOD}. Outside its minimum and its maximum it asks for none. */
    public Decision sync(Supplier<List<ScalerResponse>> triggers, Instant now) {
        if (!hpa.asks(replicas)) {
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
