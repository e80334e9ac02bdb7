package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.app.Inspection.Cost;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.keda.ScalerResponse;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.Method;
import io.github.redissessionscaler.proto.Scan;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Target;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What was answered about a trigger, and what follows.
 *
 * @param metricTarget by which the HPA divides the value, sessions per replica
 * @param value that is reported; empty for an error
 * @param trigger whose value was requested; empty where its metadata is of another version of the scaler
 * @param explanation the explanation of the count; empty if the scaler does not return it
 * @param inspection what was read from Redis besides; empty where a scaler was called instead
 */
record CheckResult(
        boolean active,
        String metric,
        double metricTarget,
        OptionalDouble value,
        Optional<Trigger> trigger,
        Optional<Explanation> explanation,
        Optional<Inspected> inspection) {

    /** There is a number, and a warning about it. */
    static final int DOUBTFUL = 3;

    /**
     * What straight in Redis was found besides.
     *
     * @param keys how the counted keys look; empty where none are visited, or Redis does not allow it
     * @param rights what the user lacks; empty where Redis did not answer
     * @param layouts where the metadata does not say what to count: the layouts that were found
     */
    record Inspected(
            Cost cost,
            Optional<KeyShapes> keys,
            Optional<MissingPermissions> rights,
            Optional<SearchedLayouts> layouts) {}

    /**
     * What KEDA and the HPA make of it.
     *
     * @param current replicas that run now
     * @param spec the settings of the ScaledObject that the options give
     * @param minimumAssumed whether the minimum of 0 is KEDA's default, and not known
     */
    record CurrentReplicas(long current, ScaledObject spec, boolean minimumAssumed) {}

    /** The current target, sessions per replica: the metric's target if the scaler returns no other. */
    double target() {
        return explanation.map(Explanation::getTarget).filter(Target::accepts).orElse(metricTarget);
    }

    /** The same of this trigger. */
    CheckResult of(Optional<Trigger> known) {
        return new CheckResult(active, metric, metricTarget, value, known, explanation, inspection);
    }

    /** Why there is no count, if there is none. */
    Optional<String> outage() {
        return explanation.map(Explanation::getOutage).filter(outage -> !outage.isEmpty());
    }

    /** The status that the command ends with. */
    int status() {
        if (value.isEmpty() || outage().isPresent()) {
            return Main.FAILED;
        }
        boolean noTarget =
                explanation.filter(one -> !one.getTargetProblem().isEmpty()).isPresent();
        return noTarget || !warnings().isEmpty() ? DOUBTFUL : 0;
    }

    /** Why the number may not be that of the sessions, a sentence each. */
    List<String> warnings() {
        Optional<SearchedLayouts> search = inspection
                .flatMap(Inspected::layouts)
                .filter(layouts -> layouts.problem().isEmpty());
        // the search looks at more keys than the scaler
        Stream<String> ofTheScaler = explanation.map(Explanation::getAdviceList).stream()
                .flatMap(List::stream)
                .filter(sentence -> search.isEmpty() || !FoundLayouts.isOfMixed(sentence));
        return Stream.concat(ofTheScaler, search.flatMap(SearchedLayouts::mixed).stream())
                .toList();
    }

    /** Whether the trigger wants an exact count, and the scaler has an estimate so far, or nothing. */
    boolean awaitsExactCount() {
        boolean exact = trigger.stream()
                .flatMap(one -> one.source().parts().stream())
                .anyMatch(part ->
                        part.query() instanceof CountQuery.MatchingKeys keys && keys.accuracy() == Accuracy.EXACT);
        return exact
                && explanation
                        .filter(one -> !one.hasCount() || one.getCount().getMethod() == Method.METHOD_ESTIMATE)
                        .isPresent();
    }

    /** How long the running scan takes, about; empty at its beginning. */
    static Optional<Duration> wholeDuration(Scan scan) {
        Instant start = Instant.EPOCH;
        return new ScanProgress(scan.getKeysSeen(), scan.getKeysExpected(), start)
                .wholeDuration(start.plusMillis(Math.round(1_000 * scan.getRunningSeconds())));
    }

    /** What KEDA and the HPA make of it. */
    ReplicaForecast forecast(CurrentReplicas replicas) {
        return new ReplicaForecast(replicas.spec(), answer(), replicas.current());
    }

    /** The value that would be reported for so many sessions. */
    double valueOf(long sessions) {
        return trigger.map(one -> one.valueOf((double) sessions, target()))
                .orElseGet(() -> (double) sessions * metricTarget / target());
    }

    private ScalerResponse answer() {
        return value.isPresent()
                ? new ScalerResponse.MetricValues(value.getAsDouble(), metricTarget, active)
                : new ScalerResponse.Failure(metricTarget);
    }
}
