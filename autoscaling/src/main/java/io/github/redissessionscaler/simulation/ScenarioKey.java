package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.DocumentedKey;
import io.github.redissessionscaler.input.ValueParser;
import java.util.Arrays;
import java.util.Optional;

/** A setting of a simulation that is no key of the trigger's metadata. */
public enum ScenarioKey implements DocumentedKey {
    MIN_REPLICA_COUNT("minReplicaCount", ScenarioValues.COUNT, "0", "Fewest replicas; with 0, KEDA can scale to zero."),
    MAX_REPLICA_COUNT("maxReplicaCount", ScenarioValues.POSITIVE, "100", "Most replicas."),
    IDLE_REPLICA_COUNT(
            "idleReplicaCount",
            ScenarioValues.COUNT,
            Optional.empty(),
            "Replicas while the trigger is inactive; fewer than minReplicaCount."),
    POLLING_INTERVAL(
            "pollingInterval",
            ScenarioValues.POSITIVE_SECONDS,
            "30",
            "How often KEDA checks whether the trigger is active; the HPA requests the value every 15 s."),
    COOLDOWN_PERIOD(
            "cooldownPeriod",
            ScenarioValues.SECONDS,
            "300",
            "Seconds without activity before KEDA stops the last replicas."),
    INITIAL_COOLDOWN_PERIOD(
            "initialCooldownPeriod", ScenarioValues.SECONDS, "0", "The same if the trigger has never been active."),
    FALLBACK_FAILURE_THRESHOLD(
            "fallback.failureThreshold",
            ScenarioValues.COUNT,
            Optional.empty(),
            "Consecutive errors after which the next one starts the fallback."),
    FALLBACK_REPLICAS("fallback.replicas", ScenarioValues.COUNT, Optional.empty(), "Replicas during the fallback."),
    FALLBACK_BEHAVIOR(
            "fallback.behavior",
            ScenarioValues.FALLBACK_BEHAVIOR,
            "static",
            "How these are combined with the current replicas."),
    SCALE_UP_TOLERANCE(
            ScenarioKey.UP + "tolerance",
            ScenarioValues.PART,
            Optional.empty(),
            "Tolerance of the HPA when it scales out."),
    SCALE_UP_WINDOW(
            ScenarioKey.UP + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "0",
            "The HPA uses the lowest recommendation of this time."),
    SCALE_UP_POLICIES(
            ScenarioKey.UP + "policies",
            ScenarioValues.POLICIES,
            "4/15s + 100%/15s",
            "How many replicas may be added in which period."),
    SCALE_UP_SELECT(ScenarioKey.UP + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies applies."),
    SCALE_DOWN_TOLERANCE(
            ScenarioKey.DOWN + "tolerance",
            ScenarioValues.PART,
            Optional.empty(),
            "Tolerance of the HPA when it scales in."),
    SCALE_DOWN_WINDOW(
            ScenarioKey.DOWN + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "300",
            "The HPA uses the highest recommendation of this time."),
    SCALE_DOWN_POLICIES(
            ScenarioKey.DOWN + "policies",
            ScenarioValues.POLICIES,
            "100%/15s",
            "How many replicas may be removed in which period."),
    SCALE_DOWN_SELECT(
            ScenarioKey.DOWN + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies applies."),
    TYPE("type", ScenarioValues.PUSHES, "external", "With external-push, KEDA starts the first replica immediately."),
    USE_CACHED_METRICS(
            "useCachedMetrics",
            ValueParser.BOOLEAN,
            "false",
            "Whether the HPA gets the value of KEDA's last poll instead of the current one."),
    TOLERANCE(
            "tolerance", ScenarioValues.PART, "0.1", "Tolerance of the cluster's HPAs, if the ScaledObject sets none."),
    STARTUP("startup", ScenarioValues.DURATION, "0s", "Time from the start of a replica until it serves sessions."),
    OUTAGE_GRACE("outageGrace", ScenarioValues.DURATION, "0s", "OUTAGE_GRACE of the scaler.");

    private static final String UP = "scaleUp.";
    private static final String DOWN = "scaleDown.";
    private static final String BEHAVIOR = "advanced.horizontalPodAutoscalerConfig.behavior.";

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
    private final Reference reference;

    ScenarioKey(String text, ValueParser<?> values, String byDefault, String meaning) {
        this(text, values, Optional.of(byDefault), meaning);
    }

    ScenarioKey(String text, ValueParser<?> values, Optional<String> byDefault, String meaning) {
        this.reference = new Reference(text, values, byDefault, meaning);
    }

    /** The setting that stands at this path below {@code spec} of a ScaledObject. */
    static Optional<ScenarioKey> atPath(String path) {
        String name = path.startsWith(BEHAVIOR) ? path.substring(BEHAVIOR.length()) : path;
        return of(name).filter(key -> key.compareTo(TYPE) < 0 && key.ofBehavior() == path.startsWith(BEHAVIOR));
    }

    /**
     * Where it is written.
     *
     * @param trigger the path of the trigger in the ScaledObject
     */
    String place(String trigger) {
        return switch (this) {
            case TYPE, USE_CACHED_METRICS -> trigger + "." + text();
            case TOLERANCE, STARTUP, OUTAGE_GRACE -> "simulate --set " + text() + "=";
            default -> "spec." + (ofBehavior() ? BEHAVIOR : "") + text();
        };
    }

    static Optional<ScenarioKey> of(String text) {
        return Arrays.stream(values()).filter(key -> key.text().equals(text)).findFirst();
    }

    /** Whether a ScaledObject that has it has a {@code behavior}. */
    boolean ofBehavior() {
        return text().startsWith(UP) || text().startsWith(DOWN);
    }

    @Override
    public Reference reference() {
        return reference;
    }

    @Override
    public String toString() {
        return text();
    }
}
