package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.HpaSpec;
import io.github.redissessionscaler.hpa.Tolerance;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What KEDA and the HPA are told about an application, its triggers aside.
 *
 * @param minReplicas 0 lets KEDA end the last replica while no trigger is active
 * @param maxReplicas at least 1, not less than the minimum
 * @param idleReplicas replicas while no trigger is active, fewer than the minimum
 * @param pollingInterval between two polls by KEDA, positive
 * @param cooldown how long no trigger must have been active before KEDA ends the last replicas
 * @param initialCooldown the same where no trigger has been active yet
 * @param useCachedMetrics whether the HPA gets what KEDA read at its last poll, for every trigger
 * @param tolerance that of the cluster, or what the ScaledObject says of it
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

    /** What KEDA assumes that is told nothing. */
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

    /** The minimum of the HPA that KEDA makes, and what KEDA itself begins with: an HPA knows no 0. */
    public long hpaMinimum() {
        return Math.max(1, minReplicas);
    }

    /** The HPA that KEDA makes. */
    HpaSpec hpa() {
        return new HpaSpec(hpaMinimum(), maxReplicas, tolerance, behavior);
    }

    /** Whether KEDA asks no scaler at its polls while the HPA gets its metrics: it could not change anything. */
    boolean pollsAreLeftToHpa() {
        return minReplicas > 0 && idleReplicas.isEmpty() && !useCachedMetrics;
    }
}
