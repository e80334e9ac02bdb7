package io.github.redissessionscaler.management;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.evaluation.Observed;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.hpa.HorizontalPodAutoscaler;
import io.github.redissessionscaler.outage.Known;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Trigger;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The gauges of every trigger, made of its state at each scrape, so that they cost nothing in between. Thread-safe. */
public final class TriggerMetrics implements MultiCollector {

    /** One family of gauges. */
    private record Family(String name, String help, Value value) {

        /** The number of one trigger, or empty while there is none. */
        private interface Value {
            Optional<Double> of(TriggerState state, Instant now);
        }
    }

    private static final List<Family> FAMILIES = List.of(
            new Family(
                    "sessions",
                    "Sessions counted last, without headroom and rounding",
                    (state, _) -> lastCount(state).map(known -> known.value().value())),
            new Family(
                    "sessions_standard_error",
                    "Standard error of the count, 0 when it is exact",
                    (state, _) -> lastCount(state).map(known -> known.value().standardError())),
            new Family(
                    "sessions_age_seconds",
                    "Since when the count stands",
                    (state, now) -> lastCount(state).map(known -> seconds(Duration.between(known.asOf(), now)))),
            new Family("target", "Sessions per instance", (state, _) -> Optional.of(state.target())),
            new Family(
                    "target_fallback",
                    "1 while sessionSizeKey gives no target",
                    (state, _) -> Optional.of(state.targetProblem().isPresent() ? 1.0 : 0.0)),
            new Family(
                    "needed_instances",
                    "Instances that the sessions need, tolerance aside",
                    (state, _) -> lastCount(state).map(known -> needed(state, known.value()))),
            new Family(
                    "active",
                    "1 while the trigger is active",
                    (state, _) -> state.active()
                            .last()
                            .map(known ->
                                    known.value() && state.active().outage().isEmpty() ? 1.0 : 0.0)),
            new Family(
                    "outage_seconds",
                    "How long onUnavailable has been in force, 0 while Redis answers",
                    (state, now) -> Optional.of(outage(state.count(), now)
                            .orElse(outage(state.active(), now).orElse(0.0)))));

    private final TriggerStates states;
    private final InstantSource clock;

    /**
     * Gauges of these triggers.
     *
     * @param clock the one that the states were made by
     */
    public TriggerMetrics(TriggerStates states, InstantSource clock) {
        this.states = states;
        this.clock = clock;
    }

    @Override
    public MetricSnapshots collect() {
        Instant now = clock.instant();
        var snapshots = MetricSnapshots.builder();
        for (Family family : FAMILIES) {
            var gauge = GaugeSnapshot.builder()
                    .name(Telemetry.PREFIX + "trigger_" + family.name)
                    .help(family.help);
            Set<Labels> seen = new HashSet<>();
            for (TriggerState state : states.all()) {
                Labels labels = labels(state);
                family.value
                        .of(state, now)
                        .filter(value -> seen.add(labels))
                        .ifPresent(value -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                                .labels(labels)
                                .value(value)
                                .build()));
            }
            snapshots.metricSnapshot(gauge.build());
        }
        return snapshots.build();
    }

    /** The id tells triggers apart that have all else in common. */
    private static Labels labels(TriggerState state) {
        Trigger trigger = state.asked().trigger();
        return Labels.of(
                "namespace", state.asked().namespace(),
                "scaledobject", state.asked().scaledObject(),
                "metric", trigger.metricName(),
                "connection", trigger.source().database().connection(),
                "trigger", state.id());
    }

    private static Optional<Known<Count>> lastCount(TriggerState state) {
        return state.count().last();
    }

    private static double needed(TriggerState state, Count count) {
        double sessions = state.asked().trigger().headroom().addedTo(count.value());
        return (double) HorizontalPodAutoscaler.needed(sessions, state.target());
    }

    private static Optional<Double> outage(Observed<?> observed, Instant now) {
        return observed.outage().map(outage -> seconds(Duration.between(outage.since(), now)));
    }

    private static double seconds(Duration duration) {
        return (double) duration.toMillis() / 1000;
    }
}
