package io.github.redissessionscaler.keda;

/**
 * What KEDA tells the HPA in place of a metric that it does not get.
 *
 * @param failureThreshold failures in a row that change nothing; the next one does; not negative
 * @param replicas not negative
 */
public record Fallback(long failureThreshold, long replicas, FallbackBehavior behavior) {

    /** How the replicas that run count. */
    public enum FallbackBehavior {
        /** Not at all. */
        STATIC,
        /** They stay. */
        CURRENT_REPLICAS,
        /** They stay when they are more than the fallback's. */
        CURRENT_REPLICAS_IF_HIGHER,
        /** They stay when they are fewer than the fallback's. */
        CURRENT_REPLICAS_IF_LOWER
    }

    /** The replicas that the HPA shall be led to. */
    long replicas(long current) {
        return switch (behavior) {
            case STATIC -> replicas;
            case CURRENT_REPLICAS -> current;
            case CURRENT_REPLICAS_IF_HIGHER -> Math.max(replicas, current);
            case CURRENT_REPLICAS_IF_LOWER -> Math.min(replicas, current);
        };
    }
}
