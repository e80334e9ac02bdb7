package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.app.Inspection.Cost;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.hpa.ReplicaCalculator;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.keda.ScalerResponse;
import io.github.redissessionscaler.keda.SteadyState;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.trigger.Target;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What was answered about a trigger, and what follows.
 *
 * @param metricTarget by which the HPA divides the value, sessions per replica
 * @param value that is reported; empty for an error
 * @param wholeReplicas whether the trigger has the value rounded up to whole replicas
 * @param explanation where the answers come from; empty where a scaler does not tell
 * @param inspection what else Redis was asked; empty where a scaler was asked instead
 */
record CheckResult(
        boolean active,
        String metric,
        double metricTarget,
        OptionalDouble value,
        boolean wholeReplicas,
        Optional<Explanation> explanation,
        Optional<Inspected> inspection) {

    /** A number was told, and something about it does not fit. */
    static final int DOUBTFUL = 3;

    /**
     * What straight in Redis was found besides.
     *
     * @param keys how the counted keys look; empty where none are visited, or Redis does not allow it
     * @param rights what the user lacks; empty where Redis did not answer
     */
    record Inspected(Cost cost, Optional<KeyShapes> keys, Optional<MissingPermissions> rights) {}

    /**
     * What KEDA and the HPA make of it.
     *
     * @param current replicas that run now
     * @param spec as far as somebody said what stands in the ScaledObject
     */
    record CurrentReplicas(long current, ScaledObject spec) {}

    /** The current target, sessions per replica: that of the metric where a scaler tells no other. */
    double target() {
        return explanation.map(Explanation::getTarget).filter(Target::accepts).orElse(metricTarget);
    }

    /** The same of a trigger that has its value rounded or not. */
    CheckResult rounded(boolean whole) {
        return new CheckResult(active, metric, metricTarget, value, whole, explanation, inspection);
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
        return explanation
                        .map(told -> !told.getTargetProblem().isEmpty() || told.getAdviceCount() > 0)
                        .orElse(false)
                ? DOUBTFUL
                : 0;
    }

    /** Where the replicas come to rest. */
    SteadyState outlook(CurrentReplicas fleet) {
        return SteadyState.of(fleet.spec(), answer(), fleet.current());
    }

    /** The replicas that the value needs, tolerance, minimum and maximum aside; empty for an error. */
    OptionalLong needed() {
        return value.isPresent()
                ? OptionalLong.of(ReplicaCalculator.needed(value.getAsDouble(), metricTarget))
                : OptionalLong.empty();
    }

    private ScalerResponse answer() {
        return value.isPresent()
                ? new ScalerResponse.MetricValues(value.getAsDouble(), metricTarget, active)
                : new ScalerResponse.Failure(metricTarget);
    }
}
