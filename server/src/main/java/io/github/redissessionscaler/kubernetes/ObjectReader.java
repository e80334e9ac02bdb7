package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.ObservedCondition;
import io.github.redissessionscaler.observed.ObservedEvent;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import io.github.redissessionscaler.observed.ScaledObjectObservation.Pause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes records of objects of the API, and shares their equal parts. Thread-safe. */
final class ObjectReader {

    private static final String SCALED_OBJECT = "ScaledObject";

    /** Annotations by which KEDA is paused. */
    private static final String PAUSED = "autoscaling.keda.sh/paused";

    private static final String PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";
    private static final String PAUSED_SCALE_IN = "autoscaling.keda.sh/paused-scale-in";
    private static final String PAUSED_SCALE_OUT = "autoscaling.keda.sh/paused-scale-out";

    /** Triggers of these types may be ours. */
    private static final Set<String> EXTERNAL = Set.of("external", "external-push");

    /** The conditions to look at, with their status. The message of others says that all is well. */
    private static final Map<String, String> TROUBLE = Map.of(
            "AbleToScale", "False",
            "ScalingActive", "False",
            "ScalingLimited", "True",
            "Ready", "False",
            "Fallback", "True",
            "Paused", "True");

    private final SharedValues shared = new SharedValues();

    /**
     * An HPA of a ScaledObject.
     *
     * @param owner the name of the ScaledObject
     */
    record OwnedHpa(String owner, HpaObservation hpa) {}

    /** The HPA; empty if KEDA does not manage it. */
    Optional<OwnedHpa> hpa(GenericKubernetesResource object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> owner.getKind().equals(SCALED_OBJECT))
                .map(OwnerReference::getName)
                .findFirst()
                .map(owner -> new OwnedHpa(owner, hpaOf(object)));
    }

    private HpaObservation hpaOf(GenericKubernetesResource object) {
        Object spec = Fields.at(object, "spec");
        Object status = Fields.at(object, "status");
        return new HpaObservation(
                object.getMetadata().getName(),
                Fields.number(spec, "minReplicas").orElse(1),
                Fields.number(spec, "maxReplicas").orElse(1),
                Fields.number(status, "currentReplicas").orElse(0),
                Fields.number(status, "desiredReplicas").orElse(0),
                Fields.time(status, "lastScaleTime")
                        .map(Instant::getEpochSecond)
                        .orElse(0L),
                conditions(status));
    }

    /** The ScaledObject; empty if it has no trigger that may be ours. */
    Optional<ScaledObjectObservation> scaledObject(GenericKubernetesResource object) {
        List<String> triggers = Fields.list(Fields.at(object, "spec", "triggers")).stream()
                .flatMap(trigger -> Fields.text(trigger, "type").stream())
                .map(Fields::shown)
                .toList();
        if (triggers.stream().noneMatch(EXTERNAL::contains)) {
            return Optional.empty();
        }
        Object status = Fields.at(object, "status");
        Map<String, String> annotations =
                Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of());
        return Optional.of(new ScaledObjectObservation(
                Fields.text(status, "hpaName").orElse(""),
                Math.max(
                        0,
                        Fields.number(Fields.at(object, "spec", "minReplicaCount"))
                                .orElse(0)),
                shared.share(triggers),
                Fields.number(Fields.at(object, "spec", "fallback", "replicas")),
                pause(annotations).map(shared::share),
                Fields.text(Fields.at(object, "spec", "advanced", "scalingModifiers", "formula"))
                        .filter(formula -> !formula.isBlank())
                        .isPresent(),
                conditions(status)));
    }

    private static Optional<Pause> pause(Map<String, String> annotations) {
        OptionalInt replicas = Optional.ofNullable(annotations.get(PAUSED_REPLICAS))
                .map(Fields::numeral)
                .orElseGet(OptionalInt::empty);
        if (replicas.isPresent() || isTrue(annotations.get(PAUSED))) {
            return Optional.of(new Pause(Pause.PausedPart.SCALING, replicas));
        }
        if (isTrue(annotations.get(PAUSED_SCALE_IN))) {
            return Optional.of(new Pause(Pause.PausedPart.SCALE_IN, OptionalInt.empty()));
        }
        return isTrue(annotations.get(PAUSED_SCALE_OUT))
                ? Optional.of(new Pause(Pause.PausedPart.SCALE_OUT, OptionalInt.empty()))
                : Optional.empty();
    }

    private static boolean isTrue(@Nullable String annotation) {
        return "true".equalsIgnoreCase(annotation);
    }

    private List<ObservedCondition> conditions(@Nullable Object status) {
        List<ObservedCondition> all = Fields.list(status, "conditions").stream()
                .map(one -> {
                    String type = Fields.text(one, "type").orElse("");
                    String value = Fields.text(one, "status").orElse("Unknown");
                    boolean trouble = value.equals(TROUBLE.get(type));
                    return new ObservedCondition(
                            Fields.shown(type),
                            Fields.shown(value),
                            Fields.text(one, "reason").map(Fields::shown).orElse(""),
                            trouble
                                    ? Fields.text(one, "message")
                                            .map(Fields::shown)
                                            .orElse("")
                                    : "");
                })
                .toList();
        return shared.share(all);
    }

    /** The event; empty if it has no time. */
    static Optional<ObservedEvent> event(GenericKubernetesResource object) {
        Object event = object.getAdditionalProperties();
        return Fields.time(event, "lastTimestamp")
                .or(() -> Fields.time(event, "series", "lastObservedTime"))
                .or(() -> Fields.time(event, "eventTime"))
                .or(() -> Fields.time(event, "firstTimestamp"))
                .map(at -> new ObservedEvent(
                        at,
                        Fields.text(event, "involvedObject", "kind")
                                .map(Fields::shown)
                                .orElse(""),
                        !Fields.text(event, "type").orElse("Normal").equals("Normal"),
                        Fields.text(event, "reason").map(Fields::shown).orElse(""),
                        Fields.text(event, "message").map(Fields::shown).orElse(""),
                        Math.max(1, Fields.number(event, "count").orElse(1))));
    }
}
