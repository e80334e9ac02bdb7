package io.github.redissessionscaler.trigger;

import java.math.BigInteger;

/**
 * The value that is reported for a number of sessions, so that the HPA, which divides it by the target of the metric,
 * gets the replicas that the current target gives. It is reckoned in thousandths, as the HPA does.
 */
final class ReportedValue {

    /** The most that is reported: the HPA holds thousandths in 64 bits. */
    static final double LARGEST = 9e15;

    private static final long MILLI = 1000;

    private ReportedValue() {}

    /**
     * The sessions themselves where both targets are the same; else sessions times the target of the metric divided by the current one,
     * rounded up to thousandths. A value that is a thousandth less could be a replica less where the target of the metric is small.
     *
     * @param sessions from 0 to 10<sup>15</sup>
     * @param current target that decides, sessions per replica, at least 0.001
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
