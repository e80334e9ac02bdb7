package io.github.redissessionscaler.keda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.ScalingPolicy;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.hpa.Tolerance;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * KEDA and the HPA, step by step. A step is "second, who looks, what the triggers answer, replicas after that, why"; a target
 * is 100 unless it stands behind a slash, and "-" is an error.
 */
final class AutoscalerTest {

    private static final ScaledObject ONE_TO_TWENTY = spec(1, 20);
    private static final ScaledObject FROM_ZERO = spec(0, 20);
    private static final ScalingRules AT_ONCE =
            new ScalingRules(Duration.ZERO, ScalingRules.Select.MAX, ScalingRules.UP.policies());

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void sums(String why, ScaledObject spec, long replicas, List<String> steps) {
        run(spec, replicas, steps);
    }

    static Stream<Arguments> sums() {
        return Stream.of(
                of("within the tolerance nothing happens", ONE_TO_TWENTY, 1, "0 hpa 110 1 TOLERATED"),
                of("beyond it the metric decides", ONE_TO_TWENTY, 1, "0 hpa 111 2 METRIC"),
                of("no session, and the minimum holds", ONE_TO_TWENTY, 1, "0 hpa 0 1 WINDOW", "315 hpa 0 1 MINIMUM"),
                of("of several metrics the greatest counts", ONE_TO_TWENTY, 1, "0 hpa 120,350,20 4 METRIC"),
                of("each metric has its own target", ONE_TO_TWENTY, 1, "0 hpa 120,6/2 3 METRIC"),
                of("a missing metric does not stop more", ONE_TO_TWENTY, 2, "0 hpa -,350 4 METRIC"),
                of(
                        "a missing metric stops fewer",
                        ONE_TO_TWENTY,
                        4,
                        "0 hpa -,100 4 NO_METRIC",
                        "400 hpa -,100 4 NO_METRIC"),
                of(
                        "no metric at all changes nothing",
                        ONE_TO_TWENTY,
                        4,
                        "0 hpa - 4 NO_METRIC",
                        "900 hpa - 4 NO_METRIC"),
                of("above the maximum comes down at once", ONE_TO_TWENTY, 30, "0 hpa 3000 20 MAXIMUM"),
                of("below the minimum comes up at once", spec(3, 20), 1, "0 hpa - 3 MINIMUM"),
                of("at zero replicas the HPA rests", FROM_ZERO, 0, "0 hpa 900 0 ZERO"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void speeds(String why, ScaledObject spec, long replicas, List<String> steps) {
        run(spec, replicas, steps);
    }

    static Stream<Arguments> speeds() {
        return Stream.of(
                of(
                        "unspecified: 4, then twice as many at each look, then the maximum",
                        ONE_TO_TWENTY,
                        1,
                        "0 hpa 5000 4 POLICY",
                        "15 hpa 5000 8 POLICY",
                        "30 hpa 5000 16 POLICY",
                        "45 hpa 5000 20 MAXIMUM"),
                of(
                        "unspecified: down to the highest of the last 300 s, the 300th included",
                        ONE_TO_TWENTY,
                        4,
                        "0 hpa 400 4 METRIC",
                        "15 hpa 100 4 WINDOW",
                        "300 hpa 100 4 WINDOW",
                        "301 hpa 100 1 METRIC"),
                of(
                        "what there was at the start counts as recommended",
                        ONE_TO_TWENTY,
                        6,
                        "0 hpa 100 6 WINDOW",
                        "315 hpa 100 1 METRIC"),
                of(
                        "the highest of the window, and not the first",
                        ONE_TO_TWENTY,
                        1,
                        "0 hpa 200 2 METRIC",
                        "150 hpa 400 4 METRIC",
                        "300 hpa 100 4 WINDOW",
                        "450 hpa 100 4 WINDOW",
                        "465 hpa 100 1 METRIC"),
                of(
                        "specified: 4 or as many again within 15 s, so that 1 becomes 5",
                        specified(ScalingRules.UP, ScalingRules.DOWN),
                        1,
                        "0 hpa 5000 5 POLICY",
                        "10 hpa 5000 5 POLICY",
                        "15 hpa 5000 10 POLICY",
                        "30 hpa 5000 20 MAXIMUM"),
                of(
                        "specified: the 300th second is no longer in the window",
                        specified(ScalingRules.UP, ScalingRules.DOWN),
                        4,
                        "0 hpa 400 4 METRIC",
                        "299 hpa 100 4 WINDOW",
                        "300 hpa 100 1 METRIC"),
                of(
                        "a window upwards takes the lowest recommendation",
                        specified(window(60, ScalingRules.UP), ScalingRules.DOWN),
                        1,
                        "0 hpa 100 1 METRIC",
                        "15 hpa 500 1 WINDOW",
                        "45 hpa 300 1 WINDOW",
                        "60 hpa 300 3 METRIC"),
                of(
                        "both windows: a dip and a peak within them change nothing",
                        specified(window(60, ScalingRules.UP), window(60, ScalingRules.DOWN)),
                        3,
                        "0 hpa 300 3 METRIC",
                        "15 hpa 100 3 WINDOW",
                        "30 hpa 600 3 WINDOW",
                        "45 hpa 300 3 METRIC"),
                of(
                        "no window downwards",
                        specified(ScalingRules.UP, window(0, ScalingRules.DOWN)),
                        10,
                        "0 hpa 100 1 METRIC"),
                of(
                        "2 pods a minute up",
                        specified(pods(2, 60, ScalingRules.Select.MAX), ScalingRules.DOWN),
                        1,
                        "0 hpa 900 3 POLICY",
                        "45 hpa 900 3 POLICY",
                        "60 hpa 900 5 POLICY",
                        "120 hpa 650 7 METRIC"),
                of(
                        "10 % a minute up, rounded up: 11 of 10, 13 of 11",
                        specified(percent(10, 60), ScalingRules.DOWN),
                        10,
                        "0 hpa 2000 11 POLICY",
                        "60 hpa 2000 13 POLICY"),
                of(
                        "10 % a minute down, of what is left the whole part: 9 of 10, 8 of 9",
                        specified(ScalingRules.UP, percent(10, 60)),
                        10,
                        "0 hpa 100 9 POLICY",
                        "59 hpa 100 9 POLICY",
                        "60 hpa 100 8 POLICY"),
                of(
                        "Max takes the policy that allows more",
                        specified(
                                new ScalingRules(Duration.ZERO, ScalingRules.Select.MAX, podsOrPercent(1, 50)),
                                ScalingRules.DOWN),
                        4,
                        "0 hpa 2000 6 POLICY"),
                of(
                        "Min takes the policy that allows less",
                        specified(
                                new ScalingRules(Duration.ZERO, ScalingRules.Select.MIN, podsOrPercent(1, 50)),
                                ScalingRules.DOWN),
                        4,
                        "0 hpa 2000 5 POLICY"),
                of(
                        "Min downwards, too: 9 of 10 and not 5",
                        specified(
                                ScalingRules.UP,
                                new ScalingRules(Duration.ZERO, ScalingRules.Select.MIN, podsOrPercent(1, 50))),
                        10,
                        "0 hpa 100 9 POLICY"),
                of(
                        "Disabled: never fewer",
                        specified(
                                ScalingRules.UP,
                                new ScalingRules(
                                        Duration.ZERO, ScalingRules.Select.DISABLED, ScalingRules.DOWN.policies())),
                        5,
                        "0 hpa 100 5 POLICY",
                        "900 hpa 100 5 POLICY"),
                of(
                        "what went down within the period may come up again",
                        specified(pods(1, 60, ScalingRules.Select.MAX), AT_ONCE),
                        5,
                        "0 hpa 100 1 METRIC",
                        "30 hpa 900 6 POLICY"),
                of(
                        "policies stop at the minimum",
                        specifiedFrom(3, ScalingRules.UP, AT_ONCE),
                        8,
                        "0 hpa 100 3 MINIMUM"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void beginnings(String why, ScaledObject spec, long replicas, List<String> steps) {
        run(spec, replicas, steps);
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(
                of("KEDA starts one, the HPA the rest", FROM_ZERO, 0, "0 keda 900 1 ACTIVE", "15 hpa 900 4 POLICY"),
                of("an inactive trigger starts none", FROM_ZERO, 0, "0 keda 0! 0 UNCHANGED"),
                of("a push starts one between polls", FROM_ZERO, 0, "0 keda 0! 0 UNCHANGED", "7 push . 1 ACTIVE"),
                of(
                        "the last one ends when the cooldown is reached",
                        FROM_ZERO,
                        1,
                        "0 keda 50 1 UNCHANGED",
                        "30 keda 0! 1 UNCHANGED",
                        "270 keda 0! 1 UNCHANGED",
                        "300 keda 0! 0 COOLED_DOWN"),
                of(
                        "and not a second before",
                        FROM_ZERO,
                        1,
                        "1 keda 50 1 UNCHANGED",
                        "300 keda 0! 1 UNCHANGED",
                        "301 keda 0! 0 COOLED_DOWN"),
                of(
                        "several end at once when the cooldown is over",
                        FROM_ZERO,
                        5,
                        "0 keda 50 5 UNCHANGED",
                        "300 keda 0! 0 COOLED_DOWN"),
                of(
                        "who never was active cools down from the beginning",
                        initialCooldown(120),
                        3,
                        "0 keda 0! 3 UNCHANGED",
                        "90 keda 0! 3 UNCHANGED",
                        "120 keda 0! 0 COOLED_DOWN"),
                of("one active trigger is enough", FROM_ZERO, 0, "0 keda 0!,5 1 ACTIVE"),
                of("a minimum of 2 starts 2", spec(2, 20), 0, "0 keda 50 2 ACTIVE"),
                of("a minimum is mended without activity", spec(2, 20), 1, "0 keda 0! 2 MINIMUM"),
                of("above the minimum KEDA leaves it to the HPA", ONE_TO_TWENTY, 7, "600 keda 0! 7 UNCHANGED"),
                of(
                        "idle replicas are fewer than the minimum",
                        idle(0, 2),
                        2,
                        "0 keda 50 2 UNCHANGED",
                        "300 keda 0! 0 COOLED_DOWN",
                        "330 keda 50 2 ACTIVE"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void failures(String why, ScaledObject spec, long replicas, List<String> steps) {
        run(spec, replicas, steps);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                of("an error ends no replica", FROM_ZERO, 2, "0 keda 50 2 UNCHANGED", "900 keda - 2 UNCHANGED"),
                of(
                        "the fallback comes with the first failure beyond the threshold",
                        fallback(3, 6, Fallback.FallbackBehavior.STATIC),
                        2,
                        "0 hpa - 2 NO_METRIC",
                        "15 hpa - 2 NO_METRIC",
                        "30 hpa - 2 NO_METRIC",
                        "45 hpa - 4 POLICY",
                        "60 hpa - 6 METRIC"),
                of(
                        "one answer, and the failures are counted anew",
                        fallback(1, 6, Fallback.FallbackBehavior.STATIC),
                        2,
                        "0 hpa - 2 NO_METRIC",
                        "15 hpa 200 2 METRIC",
                        "30 hpa - 2 NO_METRIC",
                        "45 hpa - 4 POLICY"),
                of(
                        "a fallback to fewer waits for the window",
                        fallback(0, 2, Fallback.FallbackBehavior.STATIC),
                        8,
                        "0 hpa - 8 WINDOW",
                        "315 hpa - 2 METRIC"),
                of(
                        "to at least so many",
                        fallback(0, 2, Fallback.FallbackBehavior.CURRENT_REPLICAS_IF_HIGHER),
                        8,
                        "0 hpa - 8 METRIC",
                        "315 hpa - 8 METRIC"),
                of(
                        "to at most so many",
                        fallback(0, 6, Fallback.FallbackBehavior.CURRENT_REPLICAS_IF_LOWER),
                        3,
                        "0 hpa - 3 METRIC"),
                of(
                        "to what there is",
                        fallback(0, 6, Fallback.FallbackBehavior.CURRENT_REPLICAS),
                        3,
                        "0 hpa - 3 METRIC"),
                of(
                        "below the threshold of a fallback of 0 an error is as good as inactive",
                        fallback(1, 0, Fallback.FallbackBehavior.STATIC),
                        1,
                        "0 keda 50 1 UNCHANGED",
                        "300 keda - 0 COOLED_DOWN"),
                of(
                        "beyond it the fallback of 0 is an active trigger with the value 0",
                        fallback(0, 0, Fallback.FallbackBehavior.STATIC),
                        1,
                        "0 keda 50 1 UNCHANGED",
                        "300 keda - 1 UNCHANGED",
                        "900 keda - 1 UNCHANGED",
                        "900 hpa - 1 WINDOW"),
                of(
                        "at zero replicas the HPA's looks count no failure",
                        fallback(0, 6, Fallback.FallbackBehavior.STATIC),
                        0,
                        "0 hpa - 0 ZERO",
                        "15 hpa - 0 ZERO"),
                of(
                        "but KEDA's polls do, and a fallback is an active trigger: it starts one, the HPA the rest",
                        fallback(3, 6, Fallback.FallbackBehavior.STATIC),
                        0,
                        "0 keda - 0 UNCHANGED",
                        "15 hpa - 0 ZERO",
                        "30 keda - 0 UNCHANGED",
                        "60 keda - 0 UNCHANGED",
                        "90 keda - 1 ACTIVE",
                        "90 hpa - 4 POLICY",
                        "105 hpa - 6 METRIC"),
                of(
                        "polls and looks count together",
                        fallback(3, 6, Fallback.FallbackBehavior.STATIC),
                        2,
                        "0 keda - 2 UNCHANGED",
                        "1 hpa - 2 NO_METRIC",
                        "16 hpa - 2 NO_METRIC",
                        "30 keda - 2 UNCHANGED",
                        "31 hpa - 4 POLICY"),
                of(
                        "one answer to a poll, and the failures are counted anew",
                        fallback(1, 6, Fallback.FallbackBehavior.STATIC),
                        2,
                        "0 hpa - 2 NO_METRIC",
                        "1 keda 200 2 UNCHANGED",
                        "15 hpa - 2 NO_METRIC",
                        "30 hpa - 4 POLICY"),
                of(
                        "each trigger has failures of its own",
                        fallback(1, 6, Fallback.FallbackBehavior.STATIC),
                        2,
                        "0 hpa -,200 2 METRIC",
                        "15 hpa 200,- 2 METRIC",
                        "30 hpa 200,- 4 POLICY"),
                of(
                        "a minimum of 1: a poll repeats what the HPA was given, and counts only once that was an error",
                        fallbackFrom(1, false),
                        2,
                        "0 hpa 200 2 METRIC",
                        "10 keda - 2 UNCHANGED",
                        "15 hpa - 2 NO_METRIC",
                        "20 keda - 2 UNCHANGED",
                        "30 hpa - 2 NO_METRIC",
                        "30 keda - 2 UNCHANGED",
                        "45 hpa - 4 POLICY"),
                of(
                        "an active fallback is what the HPA was given, so that polls count no more",
                        fallbackFrom(1, false),
                        6,
                        "0 hpa - 6 NO_METRIC",
                        "1 hpa - 6 NO_METRIC",
                        "2 hpa - 6 NO_METRIC",
                        "3 hpa - 6 METRIC",
                        "10 keda 600 6 UNCHANGED",
                        "15 hpa - 6 METRIC"),
                of(
                        "before the HPA has looked, polls count with a minimum of 1, too",
                        fallbackFrom(1, false),
                        2,
                        "0 keda - 2 UNCHANGED",
                        "1 hpa - 2 NO_METRIC",
                        "2 hpa - 2 NO_METRIC",
                        "3 hpa - 4 POLICY"),
                of(
                        "cached metrics: every look at a cached error counts",
                        fallbackFrom(1, true),
                        2,
                        "0 keda - 2 UNCHANGED",
                        "0 hpa 999 2 NO_METRIC",
                        "15 hpa 999 2 NO_METRIC",
                        "30 keda - 2 UNCHANGED",
                        "30 hpa 999 4 POLICY"),
                of(
                        "cached metrics: a cached fallback is a success to the HPA's look, and counting begins anew",
                        fallbackFrom(1, true),
                        6,
                        "0 keda - 6 UNCHANGED",
                        "30 keda - 6 UNCHANGED",
                        "60 keda - 6 UNCHANGED",
                        "90 keda - 6 UNCHANGED",
                        "90 hpa 999 6 METRIC",
                        "120 keda - 6 UNCHANGED",
                        "120 hpa 999 6 NO_METRIC"),
                of(
                        "below its minimum the HPA does not ask, so nothing is counted",
                        fallbackFrom(3, false),
                        2,
                        "0 hpa - 3 MINIMUM",
                        "15 hpa - 3 NO_METRIC",
                        "30 hpa - 3 NO_METRIC",
                        "45 hpa - 3 NO_METRIC",
                        "60 hpa - 6 METRIC"),
                of(
                        "the fallback of one trigger competes with the others",
                        fallback(0, 3, Fallback.FallbackBehavior.STATIC),
                        4,
                        "0 hpa -,400 4 METRIC"));
    }

    private static void run(ScaledObject spec, long replicas, List<String> steps) {
        Instant start = Instant.parse("2026-03-02T00:00:00Z");
        var autoscaler = new Autoscaler(spec, replicas, start);
        for (String step : steps) {
            String[] parts = step.split(" ", -1);
            Instant now = start.plusSeconds(Long.parseLong(parts[0]));
            Decision decision = switch (parts[1]) {
                case "hpa" -> autoscaler.sync(() -> answers(parts[2]), now);
                case "keda" -> autoscaler.poll(() -> answers(parts[2]), now);
                case "push" -> autoscaler.pushedActive(now);
                default -> throw new IllegalArgumentException(step);
            };
            assertThat(decision)
                    .describedAs(step)
                    .isEqualTo(new Decision(Long.parseLong(parts[3]), DecisionReason.valueOf(parts[4])));
            assertThat(autoscaler.replicas()).isEqualTo(decision.replicas());
        }
    }

    private static List<ScalerResponse> answers(String text) {
        return Arrays.stream(text.split(",", -1)).map(AutoscalerTest::answer).toList();
    }

    private static ScalerResponse answer(String text) {
        if (text.equals("-")) {
            return new ScalerResponse.Failure(100);
        }
        String[] numbers = text.replace("!", "").split("/", -1);
        double target = numbers.length > 1 ? Double.parseDouble(numbers[1]) : 100;
        return new ScalerResponse.MetricValues(Double.parseDouble(numbers[0]), target, !text.endsWith("!"));
    }

    private static Arguments of(String why, ScaledObject spec, long replicas, String... steps) {
        return Arguments.of(why, spec, replicas, List.of(steps));
    }

    private static ScaledObject spec(long min, long max) {
        return spec(min, max, OptionalLong.empty(), Duration.ZERO, Optional.empty(), new Behavior.Unspecified());
    }

    private static ScaledObject specified(ScalingRules up, ScalingRules down) {
        return specifiedFrom(1, up, down);
    }

    private static ScaledObject specifiedFrom(long min, ScalingRules up, ScalingRules down) {
        return spec(min, 20, OptionalLong.empty(), Duration.ZERO, Optional.empty(), new Behavior.Specified(up, down));
    }

    private static ScaledObject idle(long idle, long min) {
        return spec(min, 20, OptionalLong.of(idle), Duration.ZERO, Optional.empty(), new Behavior.Unspecified());
    }

    private static ScaledObject initialCooldown(long seconds) {
        return spec(
                0, 20, OptionalLong.empty(), Duration.ofSeconds(seconds), Optional.empty(), new Behavior.Unspecified());
    }

    /** Six replicas after three failures. */
    private static ScaledObject fallbackFrom(long min, boolean useCachedMetrics) {
        return new ScaledObject(
                min,
                20,
                OptionalLong.empty(),
                ScaledObject.DEFAULT.pollingInterval(),
                ScaledObject.DEFAULT.cooldown(),
                Duration.ZERO,
                Optional.of(new Fallback(3, 6, Fallback.FallbackBehavior.STATIC)),
                useCachedMetrics,
                Tolerance.DEFAULT,
                new Behavior.Unspecified());
    }

    private static ScaledObject fallback(long threshold, long replicas, Fallback.FallbackBehavior behavior) {
        return spec(
                0,
                20,
                OptionalLong.empty(),
                Duration.ZERO,
                Optional.of(new Fallback(threshold, replicas, behavior)),
                new Behavior.Unspecified());
    }

    private static ScaledObject spec(
            long min,
            long max,
            OptionalLong idle,
            Duration initialCooldown,
            Optional<Fallback> fallback,
            Behavior behavior) {
        return new ScaledObject(
                min,
                max,
                idle,
                ScaledObject.DEFAULT.pollingInterval(),
                ScaledObject.DEFAULT.cooldown(),
                initialCooldown,
                fallback,
                false,
                Tolerance.DEFAULT,
                behavior);
    }

    private static ScalingRules window(long seconds, ScalingRules rules) {
        return new ScalingRules(Duration.ofSeconds(seconds), rules.select(), rules.policies());
    }

    private static ScalingRules pods(long pods, long seconds, ScalingRules.Select select) {
        return new ScalingRules(
                Duration.ZERO, select, List.of(new ScalingPolicy.Pods(pods, Duration.ofSeconds(seconds))));
    }

    private static ScalingRules percent(long percent, long seconds) {
        return new ScalingRules(
                Duration.ZERO,
                ScalingRules.Select.MAX,
                List.of(new ScalingPolicy.Percent(percent, Duration.ofSeconds(seconds))));
    }

    private static List<ScalingPolicy> podsOrPercent(long pods, long percent) {
        return List.of(
                new ScalingPolicy.Pods(pods, Duration.ofMinutes(1)),
                new ScalingPolicy.Percent(percent, Duration.ofMinutes(1)));
    }
}
