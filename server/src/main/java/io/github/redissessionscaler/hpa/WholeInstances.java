package io.github.redissessionscaler.hpa;

/** Rounds a metric up to what whole instances serve, in the thousandths that the HPA reckons in. */
public final class WholeInstances {

    private static final double MILLI = 1000;

    private WholeInstances() {}

    /**
     * The target times the number of instances that the sessions need.
     *
     * @param sessions from 0 to 10<sup>15</sup>
     * @param target sessions per instance, at least 0.001
     */
    public static double roundUp(double sessions, double target) {
        return count(sessions, target) * target;
    }

    /** How many instances the sessions need. */
    private static double count(double sessions, double target) {
        return (double) Math.ceilDiv(Math.round(sessions * MILLI), Math.round(target * MILLI));
    }
}
