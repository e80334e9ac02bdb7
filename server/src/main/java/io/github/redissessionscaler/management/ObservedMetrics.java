package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.ApiAccess.ApiState;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.telemetry.GaugeWriter;
import io.github.redissessionscaler.telemetry.GaugeWriter.Series;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.ScrapeDetail;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the Kubernetes API says about the ScaledObjects of the known triggers, computed at each scrape. Thread-safe.
 *
 * @param states the known triggers
 * @param observed what the API says
 */
public record ObservedMetrics(TriggerStates states, Observations observed) implements Telemetry.LargeGauges {

    private record ScaledObjectName(String namespace, String name) implements Comparable<ScaledObjectName> {
        @Override
        public int compareTo(ScaledObjectName other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
        }
    }

    /** A ScaledObject, and the most replicas that one of its triggers wants. */
    private record Observed(Observation known, long wanted) {
        Observed orMore(Observed other) {
            return other.wanted > wanted ? other : this;
        }
    }

    private record ObservedFamily(Metric metric, Function<Observed, Optional<Double>> value) {}

    private static final List<ObservedFamily> FAMILIES = List.of(
            ofHpa(Metric.SCALEDOBJECT_CURRENT_REPLICAS, HpaObservation::currentReplicas),
            ofHpa(Metric.SCALEDOBJECT_DESIRED_REPLICAS, HpaObservation::desiredReplicas),
            ofHpa(Metric.SCALEDOBJECT_MIN_REPLICAS, HpaObservation::minReplicas),
            ofHpa(Metric.SCALEDOBJECT_MAX_REPLICAS, HpaObservation::maxReplicas),
            new ObservedFamily(
                    Metric.SCALEDOBJECT_ABOVE_MAX,
                    one -> one.known()
                            .hpa()
                            .filter(_ -> !one.known().usesFormula())
                            .map(hpa -> one.wanted() > hpa.maxReplicas() ? 1.0 : 0.0)),
            new ObservedFamily(
                    Metric.SCALEDOBJECT_PAUSED,
                    one -> one.known().scaledObject().map(known -> known.pause().isPresent() ? 1.0 : 0.0)),
            new ObservedFamily(
                    Metric.SCALEDOBJECT_FALLBACK,
                    one -> one.known().scaledObject().map(known -> known.usesFallback() ? 1.0 : 0.0)));

    private static ObservedFamily ofHpa(Metric metric, Function<HpaObservation, Integer> number) {
        return new ObservedFamily(metric, one -> one.known().hpa().map(number).map(Integer::doubleValue));
    }

    @Override
    public void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException {
        out.begin(Metric.KUBERNETES_UP);
        for (ApiAccess access : observed.access()) {
            out.add(Series.of("resource", access.resource()), access.state() == ApiState.UP ? 1 : 0);
        }
        Map<Series, Observed> all = known();
        for (ObservedFamily family : FAMILIES) {
            out.begin(family.metric());
            for (Map.Entry<Series, Observed> one : all.entrySet()) {
                Optional<Double> value = family.value().apply(one.getValue());
                if (value.isPresent()) {
                    out.add(one.getKey(), value.get());
                }
            }
        }
    }

    private Map<Series, Observed> known() {
        Map<ScaledObjectName, Observed> byName = new TreeMap<>();
        for (TriggerState state : states.all()) {
            TriggerRef ref = state.ref();
            observed.of(ref.namespace(), ref.scaledObject())
                    .ifPresent(known -> byName.merge(
                            new ScaledObjectName(ref.namespace(), ref.scaledObject()),
                            new Observed(known, wanted(state, known)),
                            Observed::orMore));
        }
        Map<Series, Observed> all = new LinkedHashMap<>();
        byName.forEach((name, one) ->
                all.put(Series.of("scaledobject", name.name(), "scaledobject_namespace", name.namespace()), one));
        return all;
    }

    private static long wanted(TriggerState state, Observation known) {
        return state.report()
                .filter(report -> report.value().isPresent())
                .map((TriggerReport report) -> ReplicaForecast.of(
                                report.value().getAsDouble(),
                                report.target(),
                                known.hpa().map(HpaObservation::currentReplicas).orElse(1))
                        .wanted())
                .orElse(0L);
    }
}
