package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.ScalingPolicy;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.keda.Fallback.FallbackBehavior;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The forms of the values of a simulation's settings. */
final class ScenarioValues {

    private static final long MOST = 1_000_000;
    private static final long LONGEST_WINDOW_SECONDS = 3600;
    private static final double LARGEST_TOLERANCE = 1e9;
    private static final double THOUSANDTHS = 1000;

    private static final ValueParser<Duration> PERIOD =
            ValueParser.duration(Duration.ofMillis(1), Duration.ofMinutes(30));

    private static final ValueParser<Long> AMOUNT = ValueParser.whole(1, 999_999_999);

    static final ValueParser<Long> COUNT = ValueParser.whole(0, MOST);

    static final ValueParser<Long> POSITIVE = ValueParser.whole(1, MOST);

    static final ValueParser<Duration> SECONDS = ValueParser.seconds(0, MOST);

    static final ValueParser<Duration> POSITIVE_SECONDS = ValueParser.seconds(1, MOST);

    static final ValueParser<Duration> WINDOW = ValueParser.seconds(0, LONGEST_WINDOW_SECONDS);

    static final ValueParser<Duration> DURATION = ValueParser.duration(Duration.ZERO, Duration.ofDays(3650));

    /** The forms of a Kubernetes quantity that a tolerance can have. */
    static final ValueParser<Double> PART = ValueParser.decimal(0, LARGEST_TOLERANCE)
            .or(ValueParser.of("thousandths", ScenarioValues::thousandths))
            .describedAs("a fraction such as 0.05, or 50m in thousandths");

    static final ValueParser<List<ScalingPolicy>> POLICIES = ValueParser.list(
            "policies such as 4/15s (pods) or 10%/1m (percent), joined by +",
            "+", ValueParser.of("a policy", ScenarioValues::policy));

    static final ValueParser<ScalingRules.Select> SELECT =
            ValueParser.choice(ScalingRules.Select.class, select -> switch (select) {
                case MAX -> "Max";
                case MIN -> "Min";
                case DISABLED -> "Disabled";
            });

    static final ValueParser<FallbackBehavior> FALLBACK_BEHAVIOR =
            ValueParser.choice(FallbackBehavior.class, behavior -> switch (behavior) {
                case STATIC -> "static";
                case CURRENT_REPLICAS -> "currentReplicas";
                case CURRENT_REPLICAS_IF_HIGHER -> "currentReplicasIfHigher";
                case CURRENT_REPLICAS_IF_LOWER -> "currentReplicasIfLower";
            });

    /** The type of the trigger: whether the scaler pushes. */
    static final ValueParser<Boolean> PUSHES =
            ValueParser.choice(List.of(false, true), pushes -> pushes ? "external-push" : "external");

    private ScenarioValues() {}

    private static Optional<Double> thousandths(String text) {
        return text.endsWith("m")
                ? ValueParser.decimal(0, LARGEST_TOLERANCE)
                        .parse(text.substring(0, text.length() - 1))
                        .map(number -> number / THOUSANDTHS)
                : Optional.empty();
    }

    private static Optional<ScalingPolicy> policy(String text) {
        String[] sides = text.split("/", -1);
        if (sides.length != 2) {
            return Optional.empty();
        }
        boolean percent = sides[0].endsWith("%");
        Optional<Long> amount = AMOUNT.parse(percent ? sides[0].substring(0, sides[0].length() - 1) : sides[0]);
        return PERIOD.parse(sides[1])
                .flatMap(period -> amount.map(value ->
                        percent ? new ScalingPolicy.Percent(value, period) : new ScalingPolicy.Pods(value, period)));
    }
}
