package io.github.redissessionscaler.trigger;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.input.ValueParser;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The metadata of one trigger while it is parsed: what was given for each known key, and all that is wrong with it. */
final class Metadata {

    /** Keys of one trigger; the interface has less than half as many. */
    static final int MOST_KEYS = 64;

    /** Characters of a key. */
    static final int LONGEST_KEY = 128;

    /** What KEDA reads itself and hands on all the same: where the scaler is, and TLS on the way there. */
    private static final Set<String> KEDAS_KEYS =
            Set.of("scalerAddress", "enableTLS", "unsafeSsl", "caCert", "tlsClientCert", "tlsClientKey", "tlsCertFile");

    private static final Map<String, MetadataKey> KNOWN =
            Arrays.stream(MetadataKey.values()).collect(toUnmodifiableMap(MetadataKey::text, key -> key));

    private static final List<String> KNOWN_TO_KEDA_OR_US =
            Stream.concat(KNOWN.keySet().stream(), KEDAS_KEYS.stream()).sorted().toList();

    private final Problems problems = new Problems();
    private final Map<MetadataKey, Given> given = new EnumMap<>(MetadataKey.class);

    /**
     * Sorts what was given by key.
     *
     * @throws InvalidInputException if it exceeds the limits; nothing else is looked at then
     */
    Metadata(Map<String, String> entries) {
        checkSizes(entries);
        problems.throwIfAny();
        new TreeMap<>(entries).forEach(this::add);
    }

    void throwIfAnyProblem() {
        problems.throwIfAny();
    }

    boolean has(MetadataKey key) {
        return given.containsKey(key);
    }

    /** The value, or empty when there is none or it is wrong, which is noted. */
    <T> Optional<T> read(MetadataKey key, ValueParser<T> values) {
        return given(key).flatMap(one -> values.parse(one.key(), one.value(), one::shown, problems));
    }

    /** The value, or the default when there is none or it is wrong, which is noted. */
    <T> T readOrDefault(MetadataKey key, ValueParser<T> values) {
        return read(key, values).orElseGet(() -> values.parse(defaultOf(key)).orElseThrow());
    }

    /** The globs, each on a line of its own, without duplicates; empty when there are none or one is wrong, which is noted. */
    List<String> globs(MetadataKey key) {
        return given(key).stream()
                .flatMap(one -> {
                    List<String> lines = one.value()
                            .lines()
                            .filter(line -> !line.isBlank())
                            .distinct()
                            .toList();
                    return (lines.isEmpty() ? Stream.of("") : lines.stream()).flatMap(line -> glob(one, line).stream());
                })
                .toList();
    }

    private Optional<String> glob(Given one, String line) {
        return MetadataValues.GLOB.parse(one.key(), line, one::shown, problems).filter(pattern -> {
            Optional<String> defect = Glob.defect(pattern);
            defect.ifPresent(what -> problems.add(one.key(), one.shown(pattern) + " " + what));
            return defect.isEmpty();
        });
    }

    /** The entries of a list of sources; empty when there are none or they are wrong, which is noted. */
    List<Map<String, String>> entries(MetadataKey key) {
        Optional<Given> given = given(key);
        if (given.isPresent() && given.get().value().isBlank()) {
            problems.add(given.get().key(), "is empty; give " + key.accepted() + ", or remove it");
            return List.of();
        }
        return given.map(one -> SourceList.parse(one.key(), one.value(), problems))
                .orElse(List.of());
    }

    /** Notes the problems of an entry. */
    void problemsOf(MetadataKey key, int entry, List<Problem> found) {
        found.forEach(problem -> problems.add(nameOf(key) + "[" + entry + "]." + problem.key(), problem.message()));
    }

    /** Notes what is wrong with an entry as a whole. */
    void problemOf(MetadataKey key, int entry, String message) {
        problems.add(nameOf(key) + "[" + entry + "]", message);
    }

    /** The keys that were given. */
    Set<MetadataKey> keys() {
        return Set.copyOf(given.keySet());
    }

    /** Notes what is wrong with a key, as it was given. */
    void problem(String key, String message) {
        problems.add(Printable.plain(key), message);
    }

    /** Notes what is wrong with a key that was given. */
    void problem(MetadataKey key, String message) {
        problems.add(nameOf(key), message);
    }

    /** Adds the problem that a given key requires something else. */
    void needs(MetadataKey key, String other) {
        problem(key, "requires " + other + "; add that, or remove " + nameOf(key));
    }

    /** Notes that of these keys, all of which were given, only one can be followed. */
    void contradict(List<MetadataKey> keys, String why) {
        String others = keys.stream().skip(1).map(this::nameOf).collect(joining(" and "));
        problem(keys.getFirst(), "contradicts " + others + ": " + why + "; keep one of them");
    }

    /** The key as it was given, with its suffix. */
    String nameOf(MetadataKey key) {
        return given(key).map(Given::key).orElse(key.text());
    }

    private Optional<Given> given(MetadataKey key) {
        return Optional.ofNullable(given.get(key));
    }

    private void checkSizes(Map<String, String> entries) {
        if (entries.size() > MOST_KEYS) {
            problems.add("metadata", "has " + entries.size() + " keys; at most " + MOST_KEYS + " are accepted");
            return;
        }
        entries.forEach((key, value) -> {
            if (key.length() > LONGEST_KEY) {
                problems.add(
                        Printable.plain(key),
                        "is a key of " + key.length() + " characters; at most " + LONGEST_KEY + " are accepted");
            } else if (value.length() > longest(withoutSuffix(key)) && !KEDAS_KEYS.contains(withoutSuffix(key))) {
                problems.add(
                        Printable.plain(key),
                        "has a value of " + value.length() + " characters; at most " + longest(withoutSuffix(key))
                                + " are accepted");
            }
        });
    }

    private static int longest(String key) {
        return key.equals(MetadataKey.SOURCES.text()) ? SourceList.LONGEST : MetadataValues.LONGEST;
    }

    private void add(String key, String value) {
        String name = withoutSuffix(key);
        MetadataKey known = KNOWN.get(name);
        if (known != null) {
            Given other = given.putIfAbsent(known, new Given(key, value));
            if (other != null) {
                problems.add(key, "is set together with " + other.key() + ", which sets the same; keep one of them");
            }
        } else if (!KEDAS_KEYS.contains(name)) {
            problems.add(Printable.name(key), "is not a known key" + suggestion(key, name));
        }
    }

    private static String suggestion(String key, String name) {
        String suffix = key.substring(name.length());
        return Suggestions.to(name, KNOWN_TO_KEDA_OR_US)
                .map(known -> "; did you mean '" + known + suffix + "'?")
                .orElse("; remove it");
    }

    private static String withoutSuffix(String key) {
        return key.endsWith(MetadataKey.FROM_ENV)
                ? key.substring(0, key.length() - MetadataKey.FROM_ENV.length())
                : key;
    }

    private static String defaultOf(MetadataKey key) {
        return key.byDefault().orElseThrow(() -> new IllegalArgumentException(key + " has no default"));
    }

    /** A key as it was given, with its value. */
    private record Given(String key, String value) {

        boolean fromEnv() {
            return key.endsWith(MetadataKey.FROM_ENV);
        }

        /** The value for a message. One from the environment may be a secret that was named by mistake. */
        String shown(String text) {
            return fromEnv() ? "the value in the environment" : Printable.refused(text);
        }
    }
}
