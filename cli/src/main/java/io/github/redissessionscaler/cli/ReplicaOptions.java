package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.proto.ActualReplicas;
import io.github.redissessionscaler.proto.Explanation;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The replicas from which a prediction starts, and the bounds of the ScaledObject. */
final class ReplicaOptions {

    private static final long MOST_REPLICAS = 1_000_000;
    private static final String CURRENT = "--current-replicas";
    private static final String MIN = "--min-replicas";
    private static final String MAX = "--max-replicas";

    @Option(
            names = CURRENT,
            paramLabel = "N",
            defaultValue = "1",
            description = "Current number of replicas; default: that of the HPA if the scaler knows it,"
                    + " otherwise ${DEFAULT-VALUE}.")
    private long currentReplicas;

    @Option(
            names = MIN,
            paramLabel = "N",
            defaultValue = "1",
            description = "minReplicaCount of the ScaledObject; default: that of --scaledobject, else the one that the"
                    + " scaler knows, otherwise ${DEFAULT-VALUE}.")
    private long minReplicas;

    @Option(
            names = MAX,
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "maxReplicaCount of the ScaledObject; default: that of --scaledobject, else that of the HPA if"
                            + " the scaler knows it, otherwise ${DEFAULT-VALUE}.")
    private long maxReplicas;

    /**
     * What the options say takes precedence over what the file says.
     *
     * @param inFile what a ScaledObject's file says besides its triggers
     * @param isGiven whether an option of this name was given
     * @throws io.github.redissessionscaler.input.InvalidInputException with every option that is out of its range
     */
    CurrentReplicas read(Optional<ScaledObject> inFile, Predicate<String> isGiven) {
        long most = isGiven.test(MAX)
                ? maxReplicas
                : inFile.map(ScaledObject::maxReplicas).orElse(maxReplicas);
        long least = isGiven.test(MIN)
                ? minReplicas
                : inFile.map(ScaledObject::minReplicas).orElse(minReplicas);
        long idle = inFile.map(ScaledObject::idleReplicas)
                .orElseGet(OptionalLong::empty)
                .orElse(-1);
        var problems = new Problems();
        if (currentReplicas < 0 || currentReplicas > MOST_REPLICAS) {
            problems.add(CURRENT, currentReplicas + " is not a number from 0 to " + MOST_REPLICAS);
        }
        if (most < 1 || most > MOST_REPLICAS) {
            problems.add(MAX, most + " is not a number from 1 to " + MOST_REPLICAS);
        } else if (least > most && inFile.isPresent() && !isGiven.test(MIN)) {
            problems.add(MAX, most + " is less than minReplicaCount in the file, " + least);
        } else if (least > most && inFile.isPresent() && !isGiven.test(MAX)) {
            problems.add(MIN, least + " is more than maxReplicaCount in the file, " + most);
        } else if (least < 0 || least > most) {
            problems.add(MIN, least + " is not a number from 0 to --max-replicas, " + most);
        } else if (idle >= least) {
            problems.add(MIN, least + " is not more than idleReplicaCount in the file, " + idle);
        }
        problems.throwIfAny();
        return new CurrentReplicas(
                currentReplicas, inFile.orElse(ScaledObject.DEFAULT).between(least, most), false);
    }

    /**
     * The numbers of ScaledObject and HPA, where the scaler knows them and neither an option nor the file says otherwise.
     *
     * @param known what {@link #read} gives
     * @param inFile as for {@link #read}
     * @param isGiven as for {@link #read}
     */
    CurrentReplicas with(
            CheckResult result, CurrentReplicas known, Optional<ScaledObject> inFile, Predicate<String> isGiven) {
        return result.explanation()
                .filter(Explanation::hasReplicas)
                .map(Explanation::getReplicas)
                .map(hpa -> {
                    boolean file = inFile.isPresent();
                    boolean given = file || isGiven.test(MIN);
                    boolean assumed = !given && !result.active() && mayScaleToZero(hpa);
                    long most = file || isGiven.test(MAX) ? known.spec().maxReplicas() : Math.max(1, hpa.getMax());
                    long least = given ? known.spec().minReplicas() : assumed ? 0 : minimum(hpa);
                    return new CurrentReplicas(
                            isGiven.test(CURRENT) ? currentReplicas : hpa.getCurrent(),
                            known.spec().between(Math.min(least, most), most),
                            assumed);
                })
                .orElse(known);
    }

    /** Whether minReplicaCount is not known, and may be 0: the minimum of the HPA is 1 then. */
    private static boolean mayScaleToZero(ActualReplicas hpa) {
        return !hpa.hasMinReplicaCount() && hpa.getMin() <= 1;
    }

    private static long minimum(ActualReplicas hpa) {
        return hpa.hasMinReplicaCount() ? hpa.getMinReplicaCount() : hpa.getMin();
    }
}
