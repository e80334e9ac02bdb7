package io.github.redissessionscaler.keda;

/**
 * What KEDA reports to the HPA while a scaler fails.
 *
 * @param failureThreshold consecutive failures tolerated; the next one applies the fallback; not negative
 * @param replicas not negative
 */
public record Fallback(long failureThreshold, long replicas, FallbackBehavior behavior) {

    /** How the current replicas affect the fallback. */
    public enum FallbackBehavior {
        /** They do not. */
        STATIC,
        /** They are kept. */
        CURRENT_REPLICAS,
        /** They are kept if they are more than the fallback's. */
        CURRENT_REPLICAS_IF_HIGHER,
        /** They are kept if they are fewer than the fallback's. */
        CURRENT_REPLICAS_IF_LOWER
    }

    /** The replicas that the reported value corresponds to. */
    long replicas(long current) {
        return switch (behavior) {
            case STATIC -> replicas;
            case CURRENT_REPLICAS -> current;
            case CURRENT_REPLICAS_IF_HIGHER -> Math.max(replicas, current);
            case CURRENT_REPLICAS_IF_LOWER -> Math.min(replicas, current);
        };
    }
}
