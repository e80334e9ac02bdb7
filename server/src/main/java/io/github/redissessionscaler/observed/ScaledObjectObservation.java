package io.github.redissessionscaler.observed;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A ScaledObject. There may be thousands, so equal parts of several are shared.
 *
 * @param hpaName name of its HPA; empty before KEDA has created it
 * @param minReplicas its {@code minReplicaCount}, at least 0; 0 if it sets none. The minimum of its HPA is at least 1
 * @param triggers the types of all its triggers, in their order
 * @param fallback replicas that KEDA sets if a trigger fails; empty if it sets none
 * @param pause how KEDA is paused; empty if it is not
 * @param formula whether a formula combines the triggers, so that the HPA sees one metric
 */
public record ScaledObjectObservation(
        String hpaName,
        int minReplicas,
        List<String> triggers,
        OptionalInt fallback,
        Optional<Pause> pause,
        boolean formula,
        List<ObservedCondition> conditions) {

    /**
     * A pause, by annotations of the ScaledObject.
     *
     * @param part what is paused
     * @param replicas the number that KEDA keeps meanwhile, if the annotation names one
     */
    public record Pause(PausedPart part, OptionalInt replicas) {

        /** What KEDA does not do meanwhile. */
        public enum PausedPart {
            SCALING,
            SCALE_IN,
            SCALE_OUT
        }
    }

    /** Whether KEDA uses the fallback now. */
    public boolean usesFallback() {
        return conditions.stream()
                .anyMatch(condition -> condition.type().equals("Fallback")
                        && condition.status().equals("True"));
    }
}
