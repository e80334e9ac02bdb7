package io.github.redissessionscaler.trigger;

import java.math.BigInteger;

/**
 * Computes the value to report for a number of sessions. The HPA divides it by the target of the metric and gets the
 * replicas that the current target requires. Calculated in thousandths, as in the HPA.
 */
final class ReportedValue {

    /** The largest value reported: the HPA stores thousandths in 64 bits. */
    static final double LARGEST = 9e15;

    private static final long MILLI = 1000;

    private ReportedValue() {}

    /**
     * The sessions themselves if both targets are equal; else sessions × target of the metric ÷ current target, rounded up to
     * thousandths. Rounding down could cost a replica if the target of the metric is small.
     *
     * @param sessions from 0 to 10<sup>15</sup>
     * @param current target, sessions per replica, at least 0.001
     * @param metricTarget by which the HPA divides, whole thousandths, at least 0.001
     */
    static double of(double sessions, double current, double metricTarget) {
        long currentMilli = milli(current);
        long metricMilli = milli(metricTarget);
        if (currentMilli == metricMilli) {
            return Math.min(LARGEST, sessions);
        }
        BigInteger divisor = BigInteger.valueOf(currentMilli);
        BigInteger product = BigInteger.valueOf(milli(sessions)).multiply(BigInteger.valueOf(metricMilli));
        BigInteger roundedUp = product.add(divisor).subtract(BigInteger.ONE).divide(divisor);
        return Math.min(LARGEST, roundedUp.doubleValue() / MILLI);
    }

    /** The target of the metric times the number of replicas that the sessions need under the current one. */
    static double ofWholeReplicas(double sessions, double current, double metricTarget) {
        return Math.min(LARGEST, (double) Math.ceilDiv(milli(sessions), milli(current)) * metricTarget);
    }

    /** The nearest whole number of thousandths. */
    private static long milli(double number) {
        return Math.round(number * MILLI);
    }
}
