package io.github.redissessionscaler.hpa;

/**
 * The HPA's sum for an external metric of type AverageValue, in thousandths as Kubernetes reckons.
 *
 * @param tolerance how far the metric may be from what the replicas serve before anything happens, a part of 1; 0.1 unless
 *     the cluster or the ScaledObject says otherwise
 */
public record HorizontalPodAutoscaler(double tolerance) {

    /** What every cluster does that nobody told otherwise. */
    public static final HorizontalPodAutoscaler DEFAULT = new HorizontalPodAutoscaler(0.1);

    private static final double MILLI = 1000;

    /**
     * The replicas that the HPA wants, before its minimum, its maximum and its windows.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     * @param current replicas, not negative
     */
    public long desiredReplicas(double value, double target, long current) {
        double ratio = (double) milli(value) / ((double) milli(target) * (double) current);
        boolean tolerated = current > 0 && ratio >= 1 - tolerance && ratio <= 1 + tolerance;
        return tolerated ? current : needed(value, target);
    }

    /** The replicas that the value needs, tolerance or not. */
    public static long needed(double value, double target) {
        return Math.ceilDiv(milli(value), milli(target));
    }

    /** The least whole number of sessions at which one more than the current replicas is wanted. */
    public long sessionsToLeave(double target, long current) {
        long sessions = (long) Math.floor(target * (double) current);
        while (desiredReplicas((double) sessions, target, current) <= current) {
            sessions++;
        }
        return sessions;
    }

    /** What does not make a thousandth is cut off, as KEDA does. */
    private static long milli(double number) {
        return (long) (number * MILLI);
    }
}
