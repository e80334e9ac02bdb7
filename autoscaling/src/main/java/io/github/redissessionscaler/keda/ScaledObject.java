package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.HpaSpec;
import io.github.redissessionscaler.hpa.Tolerance;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The settings of a ScaledObject, without its triggers.
 *
 * @param minReplicas 0 lets KEDA scale to zero while no trigger is active
 * @param maxReplicas at least 1, not less than the minimum
 * @param idleReplicas replicas while no trigger is active, fewer than the minimum
 * @param pollingInterval between two polls of KEDA, positive
 * @param cooldown how long all triggers must be inactive before KEDA removes the last replicas
 * @param initialCooldown the same while no trigger has been active yet
 * @param useCachedMetrics whether KEDA passes the HPA the values of its last poll, for every trigger
 * @param tolerance of the cluster, or of the ScaledObject
 */
public record ScaledObject(
        long minReplicas,
        long maxReplicas,
        OptionalLong idleReplicas,
        Duration pollingInterval,
        Duration cooldown,
        Duration initialCooldown,
        Optional<Fallback> fallback,
        boolean useCachedMetrics,
        Tolerance tolerance,
        Behavior behavior) {

    /** The defaults of KEDA. */
    public static final ScaledObject DEFAULT = new ScaledObject(
            0,
            100,
            OptionalLong.empty(),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ZERO,
            Optional.empty(),
            false,
            Tolerance.DEFAULT,
            new Behavior.Unspecified());

    /** The same with this minimum and this maximum. */
    public ScaledObject between(long minimum, long maximum) {
        return new ScaledObject(
                minimum,
                maximum,
                idleReplicas,
                pollingInterval,
                cooldown,
                initialCooldown,
                fallback,
                useCachedMetrics,
                tolerance,
                behavior);
    }

    /** The minimum of the HPA, at least 1; KEDA starts this many replicas from zero. */
    public long hpaMinimum() {
        return Math.max(1, minReplicas);
    }

    /** The HPA that KEDA creates. */
    HpaSpec hpa() {
        return new HpaSpec(hpaMinimum(), maxReplicas, tolerance, behavior);
    }

    /** Whether KEDA calls no scaler at its polls while the HPA has its metrics: a poll could not change anything. */
    boolean pollsAreLeftToHpa() {
        return minReplicas > 0 && idleReplicas.isEmpty() && !useCachedMetrics;
    }
}
