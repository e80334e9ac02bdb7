package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * KEDA and the HPA that it made, at work on one application. Whoever drives it asks the triggers' scalers, in the same order
 * every time, and lets time not run backwards. Not for use by several threads.
 */
public final class Autoscaler {

    /** How often the HPA looks, unless the cluster says otherwise. */
    public static final Duration SYNC_PERIOD = Duration.ofSeconds(15);

    private final KedaLoop keda;
    private final HpaLoop hpa;
    private long replicas;

    /** Begins with so many replicas. */
    public Autoscaler(ScaledObject spec, long replicas, Instant now) {
        this.keda = new KedaLoop(spec, now);
        this.hpa = new HpaLoop(spec);
        this.replicas = replicas;
    }

    /** How many replicas there shall be. */
    public long replicas() {
        return replicas;
    }

    /** KEDA's poll, due at every {@link ScaledObject#pollingInterval}. */
    public Decision poll(List<Answer> answers, Instant now) {
        return decided(keda.poll(replicas, answers, now));
    }

    /** A trigger has pushed that it is active. What it pushes otherwise, KEDA ignores. */
    public Decision pushedActive(Instant now) {
        return decided(keda.active(replicas, false, now));
    }

    /** The HPA's look at the metrics, due at every {@link #SYNC_PERIOD}. At zero replicas it asks for none. */
    public Decision sync(List<Answer> answers, Instant now) {
        List<Reading> readings = replicas == 0
                ? List.of()
                : IntStream.range(0, answers.size())
                        .mapToObj(trigger -> keda.reading(trigger, answers.get(trigger), replicas))
                        .toList();
        return decided(hpa.sync(replicas, readings, now));
    }

    private Decision decided(Decision decision) {
        replicas = decision.replicas();
        return decision;
    }
}
