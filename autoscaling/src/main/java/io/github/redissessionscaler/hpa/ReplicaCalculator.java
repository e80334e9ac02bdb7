package io.github.redissessionscaler.hpa;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The HPA's sum for an external metric of type AverageValue, in thousandths as Kubernetes reckons. Minimum, maximum, windows
 * and policies are the {@link HpaSimulator}'s.
 */
public record ReplicaCalculator(Tolerance tolerance) {

    /** With the tolerance that every cluster has that nobody told otherwise. */
    public static final ReplicaCalculator DEFAULT = new ReplicaCalculator(Tolerance.DEFAULT);

    /**
     * The replicas that the HPA wants, before its minimum, its maximum, its windows and its policies.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     * @param current replicas, not negative
     */
    public long desiredReplicas(double value, double target, long current) {
        double ratio = (double) milli(value) / ((double) milli(target) * (double) current);
        return current > 0 && tolerance.covers(ratio) ? current : needed(value, target);
    }

    /** The replicas that the value needs, tolerance or not. */
    public static long needed(double value, double target) {
        return Math.ceilDiv(milli(value), milli(target));
    }

    /** Thousandths, rounded as KEDA 2.20 and later do: of the exact binary number, halves to even. */
    private static long milli(double number) {
        return new BigDecimal(number)
                .setScale(3, RoundingMode.HALF_EVEN)
                .unscaledValue()
                .longValue();
    }
}
