package io.github.redissessionscaler.trigger;

import static io.github.redissessionscaler.trigger.MetadataKey.ACCURACY;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVATION_SESSION_SIZE;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVE_KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.ACTIVE_WITHIN;
import static io.github.redissessionscaler.trigger.MetadataKey.CONNECTION;
import static io.github.redissessionscaler.trigger.MetadataKey.DATABASE_INDEX;
import static io.github.redissessionscaler.trigger.MetadataKey.ELEMENTS;
import static io.github.redissessionscaler.trigger.MetadataKey.EXCLUDE_PATTERN;
import static io.github.redissessionscaler.trigger.MetadataKey.HAS_FIELD;
import static io.github.redissessionscaler.trigger.MetadataKey.HEADROOM;
import static io.github.redissessionscaler.trigger.MetadataKey.HOLD_FOR;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY_PATTERN;
import static io.github.redissessionscaler.trigger.MetadataKey.KEY_TYPE;
import static io.github.redissessionscaler.trigger.MetadataKey.LOOK_AHEAD;
import static io.github.redissessionscaler.trigger.MetadataKey.METRIC_NAME;
import static io.github.redissessionscaler.trigger.MetadataKey.MIN_SIZE;
import static io.github.redissessionscaler.trigger.MetadataKey.MIN_TTL;
import static io.github.redissessionscaler.trigger.MetadataKey.NAMESPACE;
import static io.github.redissessionscaler.trigger.MetadataKey.ON_UNAVAILABLE;
import static io.github.redissessionscaler.trigger.MetadataKey.PREFIX;
import static io.github.redissessionscaler.trigger.MetadataKey.PRESET;
import static io.github.redissessionscaler.trigger.MetadataKey.SESSION_SIZE;
import static io.github.redissessionscaler.trigger.MetadataKey.SESSION_SIZE_KEY;
import static io.github.redissessionscaler.trigger.MetadataKey.SESSION_TTL;
import static io.github.redissessionscaler.trigger.MetadataKey.SOURCES;
import static io.github.redissessionscaler.trigger.MetadataKey.WHOLE_REPLICAS;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Parses the metadata that KEDA sends into a {@link Trigger}. */
public final class TriggerParser {

    /** The keys that select what is counted; a trigger may have one of them. */
    private static final List<MetadataKey> COUNTING = List.of(PRESET, KEY_PATTERN, KEY, SOURCES);

    /** The keys that filter a count by pattern, or select how it is done. */
    private static final List<MetadataKey> PATTERN_OPTIONS =
            List.of(EXCLUDE_PATTERN, KEY_TYPE, MIN_TTL, HAS_FIELD, MIN_SIZE, ELEMENTS, SESSION_TTL, ACCURACY);

    /** The keys of an entry of {@code sources}. */
    private static final Set<MetadataKey> OF_A_SOURCE = Stream.of(
                    COUNTING.stream().filter(key -> key != SOURCES),
                    PATTERN_OPTIONS.stream(),
                    Stream.of(CONNECTION, DATABASE_INDEX, NAMESPACE, PREFIX, ACTIVE_WITHIN))
            .flatMap(keys -> keys)
            .collect(toUnmodifiableSet());

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
        Optional<Layout> layout = layout();
        Source source = metadata.has(SOURCES) ? sum() : new Source(database(), query(layout));
        var trigger = new Trigger(
                source,
                layout,
                target(),
                metadata.readOrDefault(METRIC_NAME, MetadataValues.METRIC_NAME),
                activation(),
                onUnavailable(),
                metadata.readOrDefault(WHOLE_REPLICAS, ValueParser.BOOLEAN),
                metadata.readOrDefault(HEADROOM, MetadataValues.HEADROOM),
                metadata.readOrDefault(LOOK_AHEAD, MetadataValues.LOOK_AHEAD));
        metadata.throwIfAnyProblem();
        return trigger;
    }

    private Optional<Layout> layout() {
        return metadata.read(PRESET, MetadataValues.PRESET).map(this::layoutOf);
    }

    /** The sources, which are read where the trigger says unless they say otherwise. */
    private Source sum() {
        var _ = query(Optional.empty());
        List<CountQuery.SumOf.Part> parts = new ArrayList<>();
        Map<Source, Integer> places = new HashMap<>();
        List<Map<String, String>> entries = metadata.entries(SOURCES);
        for (int i = 0; i < entries.size(); i++) {
            try {
                CountQuery.SumOf.Part part = part(entries.get(i));
                parts.add(part);
                Integer first = places.putIfAbsent(part.source(), i);
                if (first != null) {
                    metadata.problemOf(
                            SOURCES,
                            i,
                            "counts the same as sources[" + first + "], so each session would count twice; remove it");
                }
            } catch (InvalidInputException e) {
                metadata.problemsOf(SOURCES, i, e.problems());
            }
        }
        boolean ofItsOwn = parts.isEmpty() || metadata.has(CONNECTION) || metadata.has(DATABASE_INDEX);
        return new Source(ofItsOwn ? database() : parts.getFirst().source().database(), new CountQuery.SumOf(parts));
    }

    private CountQuery.SumOf.Part part(Map<String, String> entry) {
        Map<String, String> all = new HashMap<>(entry);
        if (!entry.containsKey(CONNECTION.text())) {
            metadata.read(CONNECTION, MetadataValues.CONNECTION).ifPresent(name -> all.put(CONNECTION.text(), name));
            metadata.read(DATABASE_INDEX, MetadataValues.DATABASE_INDEX)
                    .ifPresent(index -> all.putIfAbsent(DATABASE_INDEX.text(), String.valueOf(index)));
        }
        var parser = new TriggerParser(new Metadata(all));
        parser.metadata.keys().stream()
                .filter(key -> !OF_A_SOURCE.contains(key))
                .forEach(key -> parser.metadata.problem(
                        key, "does not belong to a source; set it for the whole trigger, or remove it"));
        entry.keySet().stream()
                .filter(key -> key.endsWith(MetadataKey.FROM_ENV))
                .forEach(key -> parser.metadata.problem(
                        key, "has no effect in a source: KEDA replaces only keys of the trigger; remove the suffix"));
        Optional<Layout> layout = parser.layout();
        var source = new Source(parser.database(), parser.query(layout));
        parser.metadata.throwIfAnyProblem();
        return new CountQuery.SumOf.Part(source, layout);
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
        Optional<Duration> within = metadata.read(ACTIVE_WITHIN, MetadataValues.POSITIVE_DURATION);
        List<String> patterns = metadata.globs(KEY_PATTERN);
        Optional<CountQuery> ofPattern =
                patterns.isEmpty() ? Optional.empty() : Optional.of(MatchingKeys.of(patterns.toArray(String[]::new)));
        Optional<CountQuery> ofKey =
                metadata.read(KEY, MetadataValues.REDIS_KEY).map(key -> elements(key, within));
        CountQuery query = ofPreset.or(() -> ofPattern).or(() -> ofKey).orElseGet(CountQuery.AllKeys::new);
        return narrowed(query, layout, within);
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

    private static CountQuery elements(String key, Optional<Duration> within) {
        return within.<CountQuery>map(duration -> new CountQuery.RecentMembers(key, duration))
                .orElseGet(() -> new CountQuery.Elements(key));
    }

    /** Applies the options for patterns to the query, and adds a problem for each that does not apply. */
    private CountQuery narrowed(CountQuery query, Optional<Layout> layout, Optional<Duration> within) {
        List<String> excludes = metadata.globs(EXCLUDE_PATTERN);
        Accuracy accuracy = metadata.readOrDefault(ACCURACY, MetadataValues.ACCURACY);
        Map<MetadataKey, KeyRule> rules = rules(within);
        if (!(query instanceof MatchingKeys keys)) {
            boolean unknown = metadata.has(KEY_PATTERN) || (metadata.has(PRESET) && layout.isEmpty());
            if (!unknown) {
                patternOptionsWithoutPattern();
            }
            return query;
        }
        if (excludes.contains("*") || (!excludes.isEmpty() && excludes.containsAll(keys.patterns()))) {
            metadata.problem(
                    EXCLUDE_PATTERN, "excludes every key that would be counted; make it more specific, or remove it");
        }
        MatchingKeys narrowed = keys.withAccuracy(accuracy);
        for (String exclude : excludes) {
            narrowed = narrowed.withExclude(exclude);
        }
        for (Map.Entry<MetadataKey, KeyRule> option : rules.entrySet()) {
            KeyRule rule = option.getValue();
            keys.rule(rule.getClass()).ifPresent(known -> fixed(option.getKey(), known));
            narrowed = narrowed.with(rule);
        }
        checkTogether(narrowed, rules);
        return narrowed;
    }

    private void patternOptionsWithoutPattern() {
        String pattern = "keyPattern or a preset that counts by pattern";
        PATTERN_OPTIONS.stream().filter(metadata::has).forEach(option -> metadata.needs(option, pattern));
        if (metadata.has(ACTIVE_WITHIN) && !metadata.has(KEY)) {
            metadata.needs(ACTIVE_WITHIN, "key, which names a sorted set, or " + pattern);
        }
    }

    /** The rules for keys, each by the key that sets it. */
    private Map<MetadataKey, KeyRule> rules(Optional<Duration> within) {
        Map<MetadataKey, KeyRule> rules = new EnumMap<>(MetadataKey.class);
        metadata.read(KEY_TYPE, MetadataValues.KEY_TYPE)
                .map(KeyRule.OfType::new)
                .ifPresent(set(rules, KEY_TYPE));
        Duration minTtl = metadata.readOrDefault(MIN_TTL, MetadataValues.DURATION);
        if (minTtl.isPositive()) {
            rules.put(MIN_TTL, new KeyRule.MinTtl(minTtl));
        }
        Optional<Duration> sessionTtl = metadata.read(SESSION_TTL, MetadataValues.POSITIVE_DURATION);
        within.map(duration -> new KeyRule.UsedWithin(duration, sessionTtl)).ifPresent(set(rules, ACTIVE_WITHIN));
        metadata.read(HAS_FIELD, MetadataValues.FIELD)
                .map(KeyRule.HasField::new)
                .ifPresent(set(rules, HAS_FIELD));
        metadata.read(MIN_SIZE, MetadataValues.SIZE).map(KeyRule.MinSize::new).ifPresent(set(rules, MIN_SIZE));
        if (metadata.readOrDefault(ELEMENTS, ValueParser.BOOLEAN)) {
            rules.put(ELEMENTS, new KeyRule.SumOfElements());
        }
        return rules;
    }

    private static Consumer<KeyRule> set(Map<MetadataKey, KeyRule> rules, MetadataKey key) {
        return rule -> rules.put(key, rule);
    }

    /** Adds a problem for rules that no key can meet, or that make one another useless. */
    private void checkTogether(MatchingKeys keys, Map<MetadataKey, KeyRule> rules) {
        keys.rule(KeyRule.UsedWithin.class).ifPresent(used -> checkUse(used, rules));
        if (metadata.has(SESSION_TTL) && !metadata.has(ACTIVE_WITHIN)) {
            metadata.needs(SESSION_TTL, "activeWithin");
        }
        Optional<String> type = keys.rule(KeyRule.OfType.class).map(KeyRule.OfType::type);
        Optional<KeyType> known = type.flatMap(KeyType::named);
        if (type.isPresent()
                && metadata.has(HAS_FIELD)
                && known.filter(KeyType.HASH::equals).isEmpty()) {
            metadata.problem(HAS_FIELD, "selects hashes only, but only keys of type " + type.get() + " are counted");
        }
        if (type.isPresent() && known.isEmpty() && metadata.has(MIN_SIZE)) {
            metadata.problem(MIN_SIZE, "does not apply to type " + type.get() + ", whose size Redis does not give");
        }
        if (type.isPresent()
                && keys.rules().contains(new KeyRule.SumOfElements())
                && known.filter(one -> one != KeyType.STRING).isEmpty()) {
            metadata.problem(ELEMENTS, "does not apply to type " + type.get() + ", which has no elements");
        }
    }

    private void checkUse(KeyRule.UsedWithin used, Map<MetadataKey, KeyRule> rules) {
        used.sessionTtl()
                .filter(ttl -> used.within().compareTo(ttl) >= 0)
                .ifPresent(ttl -> metadata.problem(
                        ACTIVE_WITHIN,
                        Durations.format(used.within()) + " is not less than sessionTtl, " + Durations.format(ttl)
                                + ", so it selects every session; make it less, or remove it"));
        if (used.sessionTtl().isEmpty()) {
            rules.forEach((key, rule) -> {
                if (rule.readCountsAsUse()) {
                    metadata.problem(
                            key,
                            "contradicts activeWithin without sessionTtl: Redis takes each read for it for a use of the"
                                    + " session; add sessionTtl, or remove one of them");
                }
            });
        }
    }

    /** Adds a problem for an option that the preset sets itself. */
    private void fixed(MetadataKey option, KeyRule byPreset) {
        metadata.problem(
                option,
                "is set by the preset, to keys" + byPreset.description()
                        + "; remove it, or use keyPattern without preset");
    }
}
