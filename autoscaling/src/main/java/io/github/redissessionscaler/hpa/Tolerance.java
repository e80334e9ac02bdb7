package io.github.redissessionscaler.hpa;

/**
 * How far the metric may differ from the capacity of the replicas before the HPA scales, as a fraction for each direction.
 *
 * @param scaleUp how far above, not negative
 * @param scaleDown how far below, from 0 to 1
 */
public record Tolerance(double scaleUp, double scaleDown) {

    /** The default of clusters. */
    public static final Tolerance DEFAULT = both(0.1);

    /** The same for both directions. */
    public static Tolerance both(double tolerance) {
        return new Tolerance(tolerance, tolerance);
    }

    /** Whether the HPA ignores this ratio of the metric to the capacity of the replicas. */
    boolean covers(double ratio) {
        return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
    }
}
