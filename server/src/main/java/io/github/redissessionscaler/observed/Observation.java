package io.github.redissessionscaler.observed;

import io.github.redissessionscaler.observed.ScaledObjectObservation.Pause.PausedPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What is known of a ScaledObject.
 *
 * @param hpa empty if there is none, as while KEDA is paused, or if it cannot be read
 * @param scaledObject empty if it cannot be read
 */
public record Observation(Optional<HpaObservation> hpa, Optional<ScaledObjectObservation> scaledObject) {

    /** The replicas that run; empty if unknown. While KEDA is paused, those that the annotation names. */
    public OptionalLong replicas() {
        return hpa.map(known -> OptionalLong.of(known.currentReplicas()))
                .or(() -> scaledObject
                        .flatMap(ScaledObjectObservation::pause)
                        .filter(pause -> pause.replicas().isPresent())
                        .map(pause -> OptionalLong.of(pause.replicas().getAsInt())))
                .orElseGet(OptionalLong::empty);
    }

    /** What keeps KEDA and the HPA from following the triggers, a sentence each. */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        scaledObject.flatMap(ScaledObjectObservation::pause).ifPresent(pause -> remarks.add(paused(pause)));
        scaledObject
                .filter(ScaledObjectObservation::usesFallback)
                .ifPresent(known -> remarks.add("KEDA uses the fallback of the ScaledObject"
                        + (known.fallback().isPresent()
                                ? ", %d replicas, because a trigger fails."
                                        .formatted(known.fallback().getAsInt())
                                : ", because a trigger fails.")));
        scaledObject.ifPresent(known -> addTrouble(known.conditions(), "Ready", "ScaledObject", remarks));
        hpa.ifPresent(known -> {
            addTrouble(known.conditions(), "AbleToScale", "HPA", remarks);
            addTrouble(known.conditions(), "ScalingActive", "HPA", remarks);
        });
        return remarks;
    }

    private static String paused(ScaledObjectObservation.Pause pause) {
        return switch (pause.part()) {
            case SCALING ->
                pause.replicas().isPresent()
                        ? "KEDA is paused by an annotation of the ScaledObject, at %d replicas."
                                .formatted(pause.replicas().getAsInt())
                        : "KEDA is paused by an annotation of the ScaledObject, and keeps the replicas.";
            case SCALE_IN -> "Scaling in is paused by an annotation of the ScaledObject.";
            case SCALE_OUT -> "Scaling out is paused by an annotation of the ScaledObject.";
        };
    }

    /** Whether a formula combines the triggers, so that no trigger decides for itself. */
    public boolean usesFormula() {
        return scaledObject.filter(ScaledObjectObservation::formula).isPresent();
    }

    /** Whether this is paused, alone or with all scaling. */
    public boolean isPaused(PausedPart part) {
        return scaledObject
                .flatMap(ScaledObjectObservation::pause)
                .filter(pause -> pause.part() == part || pause.part() == PausedPart.SCALING)
                .isPresent();
    }

    /** Adds a condition that is false, unless it is so because there are no replicas. */
    private static void addTrouble(
            List<ObservedCondition> conditions, String type, String object, List<String> remarks) {
        conditions.stream()
                .filter(condition -> condition.type().equals(type)
                        && condition.status().equals("False")
                        && !condition.reason().equals("ScalingDisabled"))
                .findFirst()
                .ifPresent(condition -> remarks.add("%s of the %s is false (%s)%s"
                        .formatted(
                                type,
                                object,
                                condition.reason(),
                                condition.message().isEmpty() ? "." : ": " + condition.message())));
    }

    /** The triggers that are not of an external scaler, by type. */
    public Stream<String> otherTriggers() {
        return scaledObject.stream()
                .flatMap(known -> known.triggers().stream())
                .filter(type -> !type.startsWith("external"));
    }
}
