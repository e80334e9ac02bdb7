package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.DocumentedKey;
import io.github.redissessionscaler.input.Durations;
import java.util.Arrays;
import java.util.Optional;

/** A setting of a simulation that is no key of the trigger's metadata. */
public enum ScenarioKey implements DocumentedKey {
    MIN_REPLICA_COUNT("minReplicaCount", ScenarioValues.COUNT, "0", "Fewest replicas; 0 lets KEDA end the last one."),
    MAX_REPLICA_COUNT("maxReplicaCount", ScenarioValues.POSITIVE, "100", "Most replicas."),
    IDLE_REPLICA_COUNT(
            "idleReplicaCount",
            ScenarioValues.COUNT + ", fewer than minReplicaCount",
            Optional.empty(),
            "Replicas while the trigger is inactive."),
    POLLING_INTERVAL(
            "pollingInterval",
            ScenarioValues.POSITIVE + " of seconds",
            "30",
            "How often KEDA looks whether the trigger is active. The HPA looks at the value every 15 s by itself."),
    COOLDOWN_PERIOD(
            "cooldownPeriod",
            ScenarioValues.COUNT + " of seconds",
            "300",
            "How long the trigger has to be inactive before KEDA ends the last replicas."),
    INITIAL_COOLDOWN_PERIOD(
            "initialCooldownPeriod",
            ScenarioValues.COUNT + " of seconds",
            "0",
            "The same where it has not been active yet."),
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
            "static, currentReplicas, currentReplicasIfHigher or currentReplicasIfLower",
            "static",
            "What the replicas that run are worth then."),
    SCALE_UP_TOLERANCE(
            ScenarioValues.UP + "tolerance", ScenarioValues.PART, Optional.empty(), "Tolerance of the HPA upwards."),
    SCALE_UP_WINDOW(
            ScenarioValues.UP + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "0",
            "How long back the HPA looks for a recommendation of fewer replicas before it starts more."),
    SCALE_UP_POLICIES(
            ScenarioValues.UP + "policies",
            ScenarioValues.POLICIES,
            "4/15s + 100%/15s",
            "How many replicas may be started in how long."),
    SCALE_UP_SELECT(ScenarioValues.UP + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies decides."),
    SCALE_DOWN_TOLERANCE(
            ScenarioValues.DOWN + "tolerance",
            ScenarioValues.PART,
            Optional.empty(),
            "Tolerance of the HPA downwards."),
    SCALE_DOWN_WINDOW(
            ScenarioValues.DOWN + "stabilizationWindowSeconds",
            ScenarioValues.WINDOW,
            "300",
            "How long back the HPA looks for a recommendation of more replicas before it ends any."),
    SCALE_DOWN_POLICIES(
            ScenarioValues.DOWN + "policies",
            ScenarioValues.POLICIES,
            "100%/15s",
            "How many replicas may be ended in how long."),
    SCALE_DOWN_SELECT(
            ScenarioValues.DOWN + "selectPolicy", ScenarioValues.SELECT, "Max", "Which of the policies decides."),
    TYPE(
            "type",
            "external or external-push",
            "external",
            "Type of the trigger; with external-push KEDA starts the first replica at once."),
    USE_CACHED_METRICS(
            "useCachedMetrics",
            "true or false",
            "false",
            "Whether the HPA is told what KEDA saw at its last poll instead of the value of the moment."),
    TOLERANCE(
            "tolerance",
            ScenarioValues.PART,
            "0.1",
            "Tolerance of the cluster's HPAs, in both directions, for a ScaledObject that sets none."),
    STARTUP_TIME(
            "startupTime", Durations.FORM, "0s", "How long a replica takes from its start until it takes sessions."),
    OUTAGE_GRACE(
            "outageGrace",
            Durations.FORM,
            "0s",
            "The scaler's OUTAGE_GRACE: how long the last number stands before onUnavailable: minimum takes hold.");

    private static final String BEHAVIOR = "advanced.horizontalPodAutoscalerConfig.behavior.";

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
    private final Reference reference;

    ScenarioKey(String text, String accepted, String byDefault, String meaning) {
        this(text, accepted, Optional.of(byDefault), meaning);
    }

    ScenarioKey(String text, String accepted, Optional<String> byDefault, String meaning) {
        this.reference = new Reference(text, accepted, byDefault, meaning);
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
        return text().startsWith(ScenarioValues.UP) || text().startsWith(ScenarioValues.DOWN);
    }

    @Override
    public Reference reference() {
        return reference;
    }

    @Override
    public String toString() {
        return text();
    }

    private static final class ScenarioValues {
        static final String UP = "scaleUp.";
        static final String DOWN = "scaleDown.";
        static final String COUNT = "a whole number from 0 to 1000000";
        static final String POSITIVE = "a whole number from 1 to 1000000";
        static final String PART = "a part of 1 such as 0.05, or in thousandths, 50m";
        static final String WINDOW = "a whole number of seconds from 0 to 3600";
        static final String SELECT = "Max, Min or Disabled";
        static final String POLICIES = "policies such as 4/15s for pods or 10%/1m for percent, with + between them";
    }
}
