package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.ScalingPolicy;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.hpa.Tolerance;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.keda.Fallback;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a {@link Scenario} of settings, and collects what is wrong with them. For one setup. */
final class ScenarioReader {

    /** What the scaler takes for a trigger that names none, unless its configuration says otherwise. */
    private static final double SESSION_SIZE = 100;

    private static final long MOST_REPLICAS = 1_000_000;
    private static final long LONGEST_WINDOW_SECONDS = 3600;
    private static final long LONGEST_PERIOD_SECONDS = 1800;

    private static final Pattern WHOLE = Pattern.compile("\\d{1,9}");
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(m?)");
    private static final Pattern POLICY = Pattern.compile("(\\d{1,9})(%?)/(\\w+)");

    private final Problems problems = new Problems();
    private final Map<String, String> given;

    ScenarioReader(Map<String, String> given) {
        this.given = given;
    }

    Scenario read(String name) {
        Optional<Trigger> trigger = trigger();
        ScaledObject scaledObject = scaledObject();
        boolean pushes = read(ScenarioKey.TYPE, choice(Map.of("external", false, "external-push", true)));
        Duration grace = read(ScenarioKey.OUTAGE_GRACE, Durations::parse);
        Duration startup = read(ScenarioKey.STARTUP_TIME, Durations::parse);
        problems.throwIfAny();
        Trigger sound = trigger.orElseThrow();
        double target = sound.target().sessionSize().orElse(SESSION_SIZE);
        return new Scenario(name, sound, target, scaledObject, pushes, grace, startup);
    }

    /** The trigger, or empty when something is wrong with it, which is noted. */
    private Optional<Trigger> trigger() {
        Map<String, String> metadata = given.entrySet().stream()
                .filter(setting -> ScenarioKey.of(setting.getKey()).isEmpty())
                .filter(setting -> !isMisspelt(setting.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        try {
            return Optional.of(TriggerParser.parse(metadata));
        } catch (InvalidInputException e) {
            e.problems().forEach(problem -> problems.add(problem.key(), problem.message()));
            return Optional.empty();
        }
    }

    /** Whether it is no key of metadata, but nearly a setting, which is noted. */
    private boolean isMisspelt(String key) {
        boolean known = Arrays.stream(MetadataKey.values())
                .anyMatch(one -> key.equals(one.text()) || key.equals(one.text() + MetadataKey.FROM_ENV));
        List<String> settings =
                Arrays.stream(ScenarioKey.values()).map(ScenarioKey::text).toList();
        Optional<String> meant = known ? Optional.empty() : Suggestions.to(key, settings);
        meant.ifPresent(setting -> problems.add(key, "is not a known setting; did you mean '" + setting + "'?"));
        return meant.isPresent();
    }

    private ScaledObject scaledObject() {
        long min = read(ScenarioKey.MIN_REPLICA_COUNT, whole(0, MOST_REPLICAS));
        long max = read(ScenarioKey.MAX_REPLICA_COUNT, whole(1, MOST_REPLICAS));
        if (min > max) {
            problems.add(ScenarioKey.MIN_REPLICA_COUNT.text(), min + " is more than maxReplicaCount, which is " + max);
        }
        Optional<Long> idle = given(ScenarioKey.IDLE_REPLICA_COUNT, whole(0, MOST_REPLICAS));
        if (idle.filter(count -> count >= min).isPresent()) {
            problems.add(ScenarioKey.IDLE_REPLICA_COUNT.text(), "must be less than minReplicaCount, which is " + min);
        }
        return new ScaledObject(
                min,
                max,
                idle.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                read(ScenarioKey.POLLING_INTERVAL, seconds(1, MOST_REPLICAS)),
                read(ScenarioKey.COOLDOWN_PERIOD, seconds(0, MOST_REPLICAS)),
                read(ScenarioKey.INITIAL_COOLDOWN_PERIOD, seconds(0, MOST_REPLICAS)),
                fallback(),
                read(ScenarioKey.USE_CACHED_METRICS, choice(Map.of("true", true, "false", false))),
                tolerance(),
                behavior());
    }

    private Optional<Fallback> fallback() {
        Optional<Long> threshold = given(ScenarioKey.FALLBACK_FAILURE_THRESHOLD, whole(0, MOST_REPLICAS));
        Optional<Long> replicas = given(ScenarioKey.FALLBACK_REPLICAS, whole(0, MOST_REPLICAS));
        Fallback.FallbackBehavior behavior = read(
                ScenarioKey.FALLBACK_BEHAVIOR,
                choice(Map.of(
                        "static", Fallback.FallbackBehavior.STATIC,
                        "currentReplicas", Fallback.FallbackBehavior.CURRENT_REPLICAS,
                        "currentReplicasIfHigher", Fallback.FallbackBehavior.CURRENT_REPLICAS_IF_HIGHER,
                        "currentReplicasIfLower", Fallback.FallbackBehavior.CURRENT_REPLICAS_IF_LOWER)));
        if (has(ScenarioKey.FALLBACK_FAILURE_THRESHOLD) != has(ScenarioKey.FALLBACK_REPLICAS)) {
            problems.add(
                    ScenarioKey.FALLBACK_FAILURE_THRESHOLD.text(),
                    "and " + ScenarioKey.FALLBACK_REPLICAS + " belong together; give both or none");
        }
        return threshold.flatMap(failures -> replicas.map(count -> new Fallback(failures, count, behavior)));
    }

    private Tolerance tolerance() {
        double ofTheCluster = read(ScenarioKey.TOLERANCE, ScenarioReader::part);
        return new Tolerance(
                given(ScenarioKey.SCALE_UP_TOLERANCE, ScenarioReader::part).orElse(ofTheCluster),
                given(ScenarioKey.SCALE_DOWN_TOLERANCE, ScenarioReader::part).orElse(ofTheCluster));
    }

    private Behavior behavior() {
        var up = new ScalingRules(
                read(ScenarioKey.SCALE_UP_WINDOW, seconds(0, LONGEST_WINDOW_SECONDS)),
                read(ScenarioKey.SCALE_UP_SELECT, ScenarioReader::select),
                read(ScenarioKey.SCALE_UP_POLICIES, ScenarioReader::policies));
        var down = new ScalingRules(
                read(ScenarioKey.SCALE_DOWN_WINDOW, seconds(0, LONGEST_WINDOW_SECONDS)),
                read(ScenarioKey.SCALE_DOWN_SELECT, ScenarioReader::select),
                read(ScenarioKey.SCALE_DOWN_POLICIES, ScenarioReader::policies));
        return Arrays.stream(ScenarioKey.values()).anyMatch(key -> key.ofBehavior() && has(key))
                ? new Behavior.Specified(up, down)
                : new Behavior.Unspecified();
    }

    private boolean has(ScenarioKey key) {
        return given.containsKey(key.text());
    }

    private <T> T read(ScenarioKey key, Function<String, Optional<T>> form) {
        return given(key, form).orElseGet(() -> key.byDefault().flatMap(form).orElseThrow());
    }

    private <T> Optional<T> given(ScenarioKey key, Function<String, Optional<T>> form) {
        return Optional.ofNullable(given.get(key.text())).flatMap(text -> {
            Optional<T> value = form.apply(text.strip());
            if (value.isEmpty()) {
                problems.add(key.text(), Printable.of(text) + " is not " + key.accepted());
            }
            return value;
        });
    }

    private static Function<String, Optional<Long>> whole(long least, long most) {
        return text -> Optional.of(text)
                .filter(WHOLE.asMatchPredicate())
                .map(Long::valueOf)
                .filter(number -> number >= least && number <= most);
    }

    private static Function<String, Optional<Duration>> seconds(long least, long most) {
        return text -> whole(least, most).apply(text).map(Duration::ofSeconds);
    }

    private static <T> Function<String, Optional<T>> choice(Map<String, T> words) {
        return text -> Optional.ofNullable(words.get(text));
    }

    /** A Kubernetes quantity, as far as somebody writes a tolerance so. */
    private static Optional<Double> part(String text) {
        Matcher parts = PART.matcher(text);
        return parts.matches()
                ? Optional.of(
                        Double.parseDouble(parts.group(1)) / (parts.group(2).isEmpty() ? 1 : 1000))
                : Optional.empty();
    }

    private static Optional<ScalingRules.Select> select(String text) {
        return Arrays.stream(ScalingRules.Select.values())
                .filter(select -> select.name().equalsIgnoreCase(text))
                .findFirst();
    }

    private static Optional<List<ScalingPolicy>> policies(String text) {
        List<Optional<ScalingPolicy>> policies = Arrays.stream(text.split("\\+", -1))
                .map(String::strip)
                .map(ScenarioReader::policy)
                .toList();
        return policies.stream().allMatch(Optional::isPresent)
                ? Optional.of(policies.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    private static Optional<ScalingPolicy> policy(String text) {
        Matcher parts = POLICY.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long value = Long.parseLong(parts.group(1));
        Predicate<Duration> allowed =
                period -> period.isPositive() && period.toSeconds() <= LONGEST_PERIOD_SECONDS && value > 0;
        return Durations.parse(parts.group(3))
                .filter(allowed)
                .map(period -> parts.group(2).isEmpty()
                        ? new ScalingPolicy.Pods(value, period)
                        : new ScalingPolicy.Percent(value, period));
    }
}
