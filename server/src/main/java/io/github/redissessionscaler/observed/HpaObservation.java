package io.github.redissessionscaler.observed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An HPA. There may be thousands, so it holds numbers instead of objects, and equal lists of conditions are shared.
 *
 * @param minReplicas at least 0
 * @param maxReplicas at least 1
 * @param currentReplicas as the HPA saw them last
 * @param desiredReplicas as the HPA computed them last, within minimum and maximum
 * @param lastScaledSeconds when it scaled last, in seconds since 1970; 0 if never
 */
public record HpaObservation(
        String name,
        int minReplicas,
        int maxReplicas,
        int currentReplicas,
        int desiredReplicas,
        long lastScaledSeconds,
        List<ObservedCondition> conditions) {

    /** When it scaled last; empty if never. */
    public Optional<Instant> lastScaled() {
        return lastScaledSeconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(lastScaledSeconds));
    }
}
