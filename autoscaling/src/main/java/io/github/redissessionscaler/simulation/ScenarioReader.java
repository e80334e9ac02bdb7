package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.hpa.Tolerance;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.input.ValueParser;
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
import java.util.stream.Collectors;

/** Makes a {@link Scenario} of settings, and collects what is wrong with them. For one setup. */
final class ScenarioReader {

    /** What the scaler takes for a trigger that names none, unless its configuration says otherwise. */
    private static final double SESSION_SIZE = 100;

    private final Problems problems = new Problems();
    private final Map<String, String> given;

    ScenarioReader(Map<String, String> given) {
        this.given = given;
    }

    Scenario read(String name) {
        Optional<Trigger> trigger = trigger();
        ScaledObject scaledObject = scaledObject();
        boolean pushes = read(ScenarioKey.TYPE, ScenarioValues.PUSHES);
        Duration grace = read(ScenarioKey.OUTAGE_GRACE, ScenarioValues.DURATION);
        Duration startup = read(ScenarioKey.STARTUP, ScenarioValues.DURATION);
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
        long min = read(ScenarioKey.MIN_REPLICA_COUNT, ScenarioValues.COUNT);
        long max = read(ScenarioKey.MAX_REPLICA_COUNT, ScenarioValues.POSITIVE);
        if (min > max) {
            problems.add(ScenarioKey.MIN_REPLICA_COUNT.text(), min + " is more than maxReplicaCount, which is " + max);
        }
        Optional<Long> idle = given(ScenarioKey.IDLE_REPLICA_COUNT, ScenarioValues.COUNT);
        if (idle.filter(count -> count >= min).isPresent()) {
            problems.add(ScenarioKey.IDLE_REPLICA_COUNT.text(), "must be less than minReplicaCount, which is " + min);
        }
        return new ScaledObject(
                min,
                max,
                idle.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                read(ScenarioKey.POLLING_INTERVAL, ScenarioValues.POSITIVE_SECONDS),
                read(ScenarioKey.COOLDOWN_PERIOD, ScenarioValues.SECONDS),
                read(ScenarioKey.INITIAL_COOLDOWN_PERIOD, ScenarioValues.SECONDS),
                fallback(),
                read(ScenarioKey.USE_CACHED_METRICS, ValueParser.BOOLEAN),
                tolerance(),
                behavior());
    }

    private Optional<Fallback> fallback() {
        Optional<Long> threshold = given(ScenarioKey.FALLBACK_FAILURE_THRESHOLD, ScenarioValues.COUNT);
        Optional<Long> replicas = given(ScenarioKey.FALLBACK_REPLICAS, ScenarioValues.COUNT);
        Fallback.FallbackBehavior behavior = read(ScenarioKey.FALLBACK_BEHAVIOR, ScenarioValues.FALLBACK_BEHAVIOR);
        if (has(ScenarioKey.FALLBACK_FAILURE_THRESHOLD) != has(ScenarioKey.FALLBACK_REPLICAS)) {
            problems.add(
                    ScenarioKey.FALLBACK_FAILURE_THRESHOLD.text(),
                    "and " + ScenarioKey.FALLBACK_REPLICAS + " belong together; give both or none");
        }
        return threshold.flatMap(failures -> replicas.map(count -> new Fallback(failures, count, behavior)));
    }

    private Tolerance tolerance() {
        double ofTheCluster = read(ScenarioKey.TOLERANCE, ScenarioValues.PART);
        return new Tolerance(
                given(ScenarioKey.SCALE_UP_TOLERANCE, ScenarioValues.PART).orElse(ofTheCluster),
                given(ScenarioKey.SCALE_DOWN_TOLERANCE, ScenarioValues.PART).orElse(ofTheCluster));
    }

    private Behavior behavior() {
        var up = new ScalingRules(
                read(ScenarioKey.SCALE_UP_WINDOW, ScenarioValues.WINDOW),
                read(ScenarioKey.SCALE_UP_SELECT, ScenarioValues.SELECT),
                read(ScenarioKey.SCALE_UP_POLICIES, ScenarioValues.POLICIES));
        var down = new ScalingRules(
                read(ScenarioKey.SCALE_DOWN_WINDOW, ScenarioValues.WINDOW),
                read(ScenarioKey.SCALE_DOWN_SELECT, ScenarioValues.SELECT),
                read(ScenarioKey.SCALE_DOWN_POLICIES, ScenarioValues.POLICIES));
        return Arrays.stream(ScenarioKey.values()).anyMatch(key -> key.ofBehavior() && has(key))
                ? new Behavior.Specified(up, down)
                : new Behavior.Unspecified();
    }

    private boolean has(ScenarioKey key) {
        return given.containsKey(key.text());
    }

    private <T> T read(ScenarioKey key, ValueParser<T> values) {
        return given(key, values)
                .orElseGet(() -> key.byDefault().flatMap(values::parse).orElseThrow());
    }

    private <T> Optional<T> given(ScenarioKey key, ValueParser<T> values) {
        return Optional.ofNullable(given.get(key.text()))
                .flatMap(text -> values.parse(key.text(), text, Printable::of, problems));
    }
}
