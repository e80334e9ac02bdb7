package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.DocumentedKey;
import io.github.redissessionscaler.input.ValueParser;
import java.util.Arrays;
import java.util.Optional;

/** A setting of a simulation that is no key of the trigger's metadata. */
public enum ScenarioKey implements DocumentedKey {
    MIN_REPLICA_COUNT("minReplicaCount", ScenarioValues.COUNT, "0", "Fewest replicas; 0 lets KEDA end the last one."),
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
            "How often KEDA looks whether the trigger is active. The HPA looks at the value every 15 s by itself."),
    COOLDOWN_PERIOD(
            "cooldownPeriod",
            ScenarioValues.SECONDS,
            "300",
            "How long the trigger has to be inactive before KEDA ends the last replicas."),
    INITIAL_COOLDOWN_PERIOD(
            "initialCooldownPeriod", ScenarioValues.SECONDS, "0", "The same where it has not been active yet."),
    FALLBACK_FAILURE_THRESHOLD(
            "fallback.failureThreshold",
            ScenarioValues.COUNT,
            Optional.empty(),
            "Errors in a row that change nothing yet; with fallback.replicas."),
    FALLBACK_REPLICAS(
            "fallback.replicas",
            ScenarioValues.COUNT,
            Optional.empty(),
            "Replicas after that; with fallback.failureThreshold."),
    FALLBACK_BEHAVIOR(
            "fallback.behavior",
            ScenarioValues.FALLBACK_BEHAVIOR,
            "static",
            "What the replicas that run are worth then."),
    SCALE_UP_TOLERANCE(
            ScenarioKey.UP + "tolerance", ScenarioValues.PART, Optional.empty(), "Tolerance of the HPA upwards."),
    SCALE_UP_WINDOW(
            ScenarioKey.UP + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "0",
            "How long back the HPA looks for a recommendation of fewer replicas before it starts more."),
    SCALE_UP_POLICIES(
            ScenarioKey.UP + "policies",
            ScenarioValues.POLICIES,
            "4/15s + 100%/15s",
            "How many replicas may be started in how long."),
    SCALE_UP_SELECT(ScenarioKey.UP + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies decides."),
    SCALE_DOWN_TOLERANCE(
            ScenarioKey.DOWN + "tolerance", ScenarioValues.PART, Optional.empty(), "Tolerance of the HPA downwards."),
    SCALE_DOWN_WINDOW(
            ScenarioKey.DOWN + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "300",
            "How long back the HPA looks for a recommendation of more replicas before it ends any."),
    SCALE_DOWN_POLICIES(
            ScenarioKey.DOWN + "policies",
            ScenarioValues.POLICIES,
            "100%/15s",
            "How many replicas may be ended in how long."),
    SCALE_DOWN_SELECT(
            ScenarioKey.DOWN + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies decides."),
    TYPE(
            "type",
            ScenarioValues.PUSHES,
            "external",
            "Type of the trigger; with external-push KEDA starts the first replica at once."),
    USE_CACHED_METRICS(
            "useCachedMetrics",
            ValueParser.BOOLEAN,
            "false",
            "Whether the HPA gets the value of KEDA's last poll instead of the current one."),
    TOLERANCE(
            "tolerance",
            ScenarioValues.PART,
            "0.1",
            "Tolerance of the cluster's HPAs, in both directions, for a ScaledObject that sets none."),
    STARTUP(
            "startup",
            ScenarioValues.DURATION,
            "0s",
            "How long a replica takes from its start until it takes sessions."),
    LOOK_AHEAD(
            "lookAhead",
            ScenarioValues.LOOK_AHEAD,
            "0s",
            "Reports the sessions expected this long from now, if they are more than now; usually the same as"
                    + " startup."),
    OUTAGE_GRACE(
            "outageGrace",
            ScenarioValues.DURATION,
            "0s",
            "The scaler's OUTAGE_GRACE: how long the last number stands before onUnavailable: minimum takes hold.");

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
