package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.proto.Explanation;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The replicas from which a prediction starts, and the bounds of the ScaledObject. */
final class ReplicaOptions {

    private static final long MOST_REPLICAS = 1_000_000;

    @Option(
            names = "--current-replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "Current number of replicas; default: that of the HPA if the scaler knows it,"
                    + " otherwise ${DEFAULT-VALUE}.")
    private long currentReplicas;

    @Option(
            names = "--min-replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "minReplicaCount of the ScaledObject; default: that of the HPA if the scaler knows it,"
                    + " otherwise ${DEFAULT-VALUE}.")
    private long minReplicas;

    @Option(
            names = "--max-replicas",
            paramLabel = "N",
            defaultValue = "100",
            description = "maxReplicaCount of the ScaledObject; default: that of the HPA if the scaler knows it,"
                    + " otherwise ${DEFAULT-VALUE}.")
    private long maxReplicas;

    /** @throws io.github.redissessionscaler.input.InvalidInputException with every option that is out of its range */
    CurrentReplicas read() {
        var problems = new Problems();
        if (currentReplicas < 0 || currentReplicas > MOST_REPLICAS) {
            problems.add("--current-replicas", currentReplicas + " is not a number from 0 to " + MOST_REPLICAS);
        }
        if (maxReplicas < 1 || maxReplicas > MOST_REPLICAS) {
            problems.add("--max-replicas", maxReplicas + " is not a number from 1 to " + MOST_REPLICAS);
        } else if (minReplicas < 0 || minReplicas > maxReplicas) {
            problems.add("--min-replicas", minReplicas + " is not a number from 0 to --max-replicas, " + maxReplicas);
        }
        problems.throwIfAny();
        return new CurrentReplicas(currentReplicas, ScaledObject.DEFAULT.between(minReplicas, maxReplicas));
    }

    /**
     * The numbers of the HPA, where the scaler knows them and no option says otherwise.
     *
     * @param byOptions what {@link #read} gives
     * @param isGiven whether an option of this name was given
     */
    CurrentReplicas with(CheckResult result, CurrentReplicas byOptions, Predicate<String> isGiven) {
        return result.explanation()
                .filter(Explanation::hasReplicas)
                .map(Explanation::getReplicas)
                .map(known -> {
                    long most = isGiven.test("--max-replicas") ? maxReplicas : Math.max(1, known.getMax());
                    long least = isGiven.test("--min-replicas") ? minReplicas : known.getMin();
                    return new CurrentReplicas(
                            isGiven.test("--current-replicas") ? currentReplicas : known.getCurrent(),
                            ScaledObject.DEFAULT.between(Math.min(least, most), most));
                })
                .orElse(byOptions);
    }
}
