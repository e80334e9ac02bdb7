package io.github.redissessionscaler.trigger;

import static io.github.redissessionscaler.trigger.MetadataKey.ACCURACY;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVATION_SESSION_SIZE;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVE_KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVE_WITHIN;
import static io.github.redissessionscaler.trigger.MetadataKey.CONNECTION;
import static io.github.redissessionscaler.trigger.MetadataKey.DATABASE_INDEX;
import static io.github.redissessionscaler.trigger.MetadataKey.EXCLUDE_PATTERN;
import static io.github.redissessionscaler.trigger.MetadataKey.HEADROOM;
import static io.github.redissessionscaler.trigger.MetadataKey.HOLD_FOR;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY_PATTERN;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY_TYPE;
import static io.github.redissessionscaler.trigger.MetadataKey.METRIC_NAME;
import static io.github.redissessionscaler.trigger.MetadataKey.MIN_TTL;
import static io.github.redissessionscaler.trigger.MetadataKey.NAMESPACE;
import static io.github.redissessionscaler.trigger.MetadataKey.ON_UNAVAILABLE;
import static io.github.redissessionscaler.trigger.MetadataKey.PREFIX;
import static io.github.redissessionscaler.trigger.MetadataKey.PRESET;
import static io.github.redissessionscaler.trigger.MetadataKey.SESSION_SIZE;
import static io.github.redissessionscaler.trigger.MetadataKey.SESSION_SIZE_KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.WHOLE_REPLICAS;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Parses the metadata that KEDA sends into a {@link Trigger}. */
public final class TriggerParser {

    /** The keys that select what is counted; a trigger may have one of them. */
    private static final List<MetadataKey> COUNTING = List.of(PRESET, KEY_PATTERN, KEY);

    /** The keys that filter a count by pattern, or select how it is done. */
    private static final List<MetadataKey> PATTERN_OPTIONS = List.of(EXCLUDE_PATTERN, KEY_TYPE, MIN_TTL, ACCURACY);

    private final Metadata metadata;

    private TriggerParser(Metadata metadata) {
        this.metadata = metadata;
    }

    /**
     * The trigger that the metadata describes.
     *
     * @throws InvalidInputException with all problems; if the metadata exceeds its size limits, with that problem only
     */
    public static Trigger parse(Map<String, String> metadata) {
        return new TriggerParser(new Metadata(metadata)).trigger();
    }

    private Trigger trigger() {
        Optional<Layout> layout = metadata.read(PRESET, MetadataValues.PRESET).map(this::layoutOf);
        CountQuery query = query(layout);
        var trigger = new Trigger(
                new Source(database(), query),
                layout,
                target(),
                metadata.readOrDefault(METRIC_NAME, MetadataValues.METRIC_NAME),
                activation(),
                onUnavailable(),
                metadata.readOrDefault(WHOLE_REPLICAS, ValueParser.BOOLEAN),
                metadata.readOrDefault(HEADROOM, MetadataValues.HEADROOM));
        metadata.throwIfAnyProblem();
        return trigger;
    }

    private Database database() {
        return new Database(
                metadata.readOrDefault(CONNECTION, MetadataValues.CONNECTION),
                metadata.read(DATABASE_INDEX, MetadataValues.DATABASE_INDEX)
                        .map(OptionalInt::of)
                        .orElseGet(OptionalInt::empty));
    }

    private Target target() {
        return new Target(
                metadata.read(SESSION_SIZE, Target.VALUES), metadata.read(SESSION_SIZE_KEY, MetadataValues.REDIS_KEY));
    }

    private Activation activation() {
        if (metadata.has(ACTIVATION_SESSION_SIZE) && metadata.has(ACTIVE_KEY)) {
            metadata.contradict(List.of(ACTIVATION_SESSION_SIZE, ACTIVE_KEY), "both set when the trigger is active");
        }
        Optional<Activation> moreThan =
                metadata.read(ACTIVATION_SESSION_SIZE, MetadataValues.SESSIONS).map(Activation.MoreThan::new);
        Optional<Activation> flag =
                metadata.read(ACTIVE_KEY, MetadataValues.REDIS_KEY).map(Activation.Flag::new);
        return moreThan.or(() -> flag).orElseGet(Activation.Reachable::new);
    }

    private UnavailablePolicy onUnavailable() {
        Duration holdFor = metadata.readOrDefault(HOLD_FOR, MetadataValues.POSITIVE_DURATION);
        UnavailablePolicy policy = switch (metadata.readOrDefault(ON_UNAVAILABLE, MetadataValues.WHEN_UNAVAILABLE)) {
            case MINIMUM -> new UnavailablePolicy.Minimum();
            case HOLD -> new UnavailablePolicy.Hold(holdFor);
            case ERROR -> new UnavailablePolicy.Fail();
        };
        if (metadata.has(HOLD_FOR) && !(policy instanceof UnavailablePolicy.Hold)) {
            metadata.needs(HOLD_FOR, "onUnavailable: hold");
        }
        return policy;
    }

    private CountQuery query(Optional<Layout> layout) {
        List<MetadataKey> counting = COUNTING.stream().filter(metadata::has).toList();
        if (counting.size() > 1) {
            metadata.contradict(counting, "each sets what is counted");
        }
        Optional<CountQuery> ofPreset = layout.map(Layout::query);
        if (!metadata.has(PRESET)) {
            Stream.of(NAMESPACE, PREFIX).filter(metadata::has).forEach(key -> metadata.needs(key, "preset"));
        }
        Optional<CountQuery> ofPattern = metadata.glob(KEY_PATTERN).map(MatchingKeys::of);
        Optional<CountQuery> ofKey = elements();
        return narrowed(ofPreset.or(() -> ofPattern).or(() -> ofKey).orElseGet(CountQuery.AllKeys::new), layout);
    }

    private Layout layoutOf(Preset preset) {
        Optional<MetadataKey> setting = preset.setting().map(Preset.PresetOption::key);
        Stream.of(NAMESPACE, PREFIX)
                .filter(metadata::has)
                .filter(key -> !setting.equals(Optional.of(key)))
                .forEach(key -> metadata.problem(
                        key,
                        "does not apply to preset " + preset + "; "
                                + setting.map(other -> "use " + other).orElse("remove it")));
        return new Layout(preset, setting.flatMap(key -> metadata.read(key, MetadataValues.TEXT)));
    }

    private Optional<CountQuery> elements() {
        Optional<String> key = metadata.read(KEY, MetadataValues.REDIS_KEY);
        Optional<Duration> within = metadata.read(ACTIVE_WITHIN, MetadataValues.POSITIVE_DURATION);
        if (metadata.has(ACTIVE_WITHIN) && !metadata.has(KEY)) {
            metadata.needs(ACTIVE_WITHIN, "key, which names the sorted set");
        }
        return key.map(name -> within.<CountQuery>map(duration -> new CountQuery.RecentMembers(name, duration))
                .orElseGet(() -> new CountQuery.Elements(name)));
    }

    /** Applies the options for patterns to the query, and adds a problem for each that does not apply. */
    private CountQuery narrowed(CountQuery query, Optional<Layout> layout) {
        Optional<String> exclude = metadata.glob(EXCLUDE_PATTERN);
        Optional<KeyType> type = metadata.read(KEY_TYPE, MetadataValues.KEY_TYPE);
        Duration minTtl = metadata.readOrDefault(MIN_TTL, MetadataValues.DURATION);
        Accuracy accuracy = metadata.readOrDefault(ACCURACY, MetadataValues.ACCURACY);
        if (!(query instanceof MatchingKeys keys)) {
            boolean unknown = metadata.has(KEY_PATTERN) || (metadata.has(PRESET) && layout.isEmpty());
            PATTERN_OPTIONS.stream()
                    .filter(option -> !unknown && metadata.has(option))
                    .forEach(option -> metadata.needs(option, "keyPattern or a preset that counts by pattern"));
            return query;
        }
        keys.exclude().ifPresent(glob -> fixed(EXCLUDE_PATTERN, glob));
        keys.type().ifPresent(only -> fixed(KEY_TYPE, ValueParser.word(only)));
        if (keys.minTtl().isPositive()) {
            fixed(MIN_TTL, Durations.format(keys.minTtl()));
        }
        if (exclude.isPresent() && (exclude.get().equals("*") || exclude.get().equals(keys.pattern()))) {
            metadata.problem(
                    EXCLUDE_PATTERN, "excludes every key that would be counted; make it more specific, or remove it");
        }
        return new MatchingKeys(
                keys.pattern(),
                exclude.or(keys::exclude),
                type.or(keys::type),
                metadata.has(MIN_TTL) ? minTtl : keys.minTtl(),
                accuracy);
    }

    /** Adds a problem if an option is given that the preset sets itself. */
    private void fixed(MetadataKey option, String value) {
        if (metadata.has(option)) {
            metadata.problem(
                    option, "is set to " + value + " by the preset; remove it, or use keyPattern without preset");
        }
    }
}
