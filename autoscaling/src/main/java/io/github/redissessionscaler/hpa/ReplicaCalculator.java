package io.github.redissessionscaler.hpa;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The HPA's formula for an external metric of type AverageValue, in thousandths as in Kubernetes. {@link HpaSimulator} adds
 * minimum, maximum, windows and policies.
 */
public record ReplicaCalculator(Tolerance tolerance) {

    /** With the default tolerance of clusters. */
    public static final ReplicaCalculator DEFAULT = new ReplicaCalculator(Tolerance.DEFAULT);

    private static final double MILLI = 1000;

    /** A product below this is rounded by less than a millionth. */
    private static final double LARGEST_OFF_BY_LESS = 1e9;

    /**
     * The desired replicas, before minimum, maximum, windows and policies.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     * @param current replicas, not negative
     */
    public long desiredReplicas(double value, double target, long current) {
        double ratio = (double) milli(value) / ((double) milli(target) * (double) current);
        return current > 0 && tolerance.covers(ratio) ? current : needed(value, target);
    }

    /** The replicas that the value needs, ignoring the tolerance. */
    public static long needed(double value, double target) {
        return Math.ceilDiv(milli(value), milli(target));
    }

    /** Thousandths, rounded as in KEDA 2.20 and later: the exact binary value, halves to even. */
    private static long milli(double number) {
        double thousandths = number * MILLI;
        double nearest = Math.rint(thousandths);
        // The product is off by less than a millionth, so it is exact enough unless it is nearly half-way.
        if (Math.abs(thousandths) < LARGEST_OFF_BY_LESS && Math.abs(thousandths - nearest) < 0.499) {
            return (long) nearest;
        }
        return new BigDecimal(number)
                .setScale(3, RoundingMode.HALF_EVEN)
                .unscaledValue()
                .longValue();
    }
}
