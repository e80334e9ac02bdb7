package io.github.redissessionscaler.hpa;

/**
 * How far the metric may be from what the replicas serve before the HPA does anything, a part of 1 for each direction.
 *
 * @param scaleUp how much more there may be, not negative
 * @param scaleDown how much less, from 0 to 1
 */
public record Tolerance(double scaleUp, double scaleDown) {

    /** What every cluster does that nobody told otherwise. */
    public static final Tolerance DEFAULT = both(0.1);

    /** The same for both directions. */
    public static Tolerance both(double tolerance) {
        return new Tolerance(tolerance, tolerance);
    }

    /** Whether a metric that is so many times what the replicas serve is left alone. */
    boolean covers(double ratio) {
        return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
    }
}
