package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Suggestions;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How a value is written.
 *
 * @param read the value that a text stands for, or empty when the text has another form
 * @param remedy what helps the author of such a text beyond {@link MetadataKey#accepted}, to put behind a message;
 *     often nothing
 */
record Form<T>(Function<String, Optional<T>> read, Function<String, String> remedy) {

    /** Sessions, as many as one replica may serve and as the HPA can add up. */
    private static final double MOST_SESSIONS = Target.LARGEST;

    private static final double MOST_PERCENT = 1000;

    private static final Duration LONGEST = Duration.ofDays(3650);

    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private static final Pattern DIGITS = Pattern.compile("\\d{1,10}");

    /** A valid segment of a URL's path, as which Kubernetes uses it, and nothing that KEDA would replace. */
    private static final Pattern METRIC_NAME_SEGMENT = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    static final Form<Double> TARGET = of(text -> number(text).filter(Target::accepts));

    static final Form<Double> SESSIONS = of(text -> number(text).filter(atMost(MOST_SESSIONS)));

    static final Form<Headroom> HEADROOM = of(Form::headroom);

    /** As connections have it. */
    private static final long HIGHEST_DATABASE = 1_023;

    static final Form<Integer> DATABASE_INDEX = of(text -> Optional.of(text)
            .filter(DIGITS.asMatchPredicate())
            .map(Long::valueOf)
            .filter(index -> index <= HIGHEST_DATABASE)
            .map(Long::intValue));

    static final Form<Duration> DURATION = new Form<>(
            text -> Durations.parse(text).filter(duration -> duration.compareTo(LONGEST) <= 0), Durations::remedy);

    static final Form<Duration> POSITIVE_DURATION =
            new Form<>(text -> DURATION.read(text).filter(Duration::isPositive), Durations::remedy);

    static final Form<String> METRIC_NAME = of(text -> Optional.of(text)
            .filter(METRIC_NAME_SEGMENT.asMatchPredicate())
            .filter(name -> !name.equals(".") && !name.equals("..")));

    static final Form<String> NAME = of(Optional::of);

    static final Form<Boolean> FLAG = choice(Map.of("true", true, "false", false));

    static final Form<Accuracy> ACCURACY = choice(Accuracy.values(), Form::word);

    static final Form<KeyType> KEY_TYPE = choice(KeyType.values(), Form::word)
            .withRemedy(text -> lowerCase(text).contains("sorted") ? "; a sorted set's type is called zset" : "");

    static final Form<Preset> PRESET = choice(Preset.values(), Preset::text)
            .withRemedy(text -> "; the presets are " + String.join(", ", Preset.names()));

    /** The constant as users write it. */
    static String word(Enum<?> constant) {
        return lowerCase(constant.name());
    }

    static <T> Form<T> of(Function<String, Optional<T>> read) {
        return new Form<>(read, text -> "");
    }

    /** One of these words. */
    static <T> Form<T> choice(Map<String, T> words) {
        return new Form<>(
                text -> Optional.ofNullable(words.get(text)), text -> Suggestions.question(text, words.keySet()));
    }

    private static <T> Form<T> choice(T[] values, Function<T, String> word) {
        var words = new LinkedHashMap<String, T>();
        Arrays.stream(values).forEach(value -> words.put(word.apply(value), value));
        return choice(words);
    }

    /** The same with another remedy for texts that have none. */
    private Form<T> withRemedy(Function<String, String> other) {
        return new Form<>(read, text -> {
            String first = remedy.apply(text);
            return first.isEmpty() ? other.apply(text) : first;
        });
    }

    Optional<T> read(String text) {
        return read.apply(text);
    }

    private static Optional<Headroom> headroom(String text) {
        return text.endsWith("%")
                ? number(text.substring(0, text.length() - 1))
                        .filter(atMost(MOST_PERCENT))
                        .map(Headroom.ByPercent::new)
                : SESSIONS.read(text).map(Headroom.Sessions::new);
    }

    /** A decimal number, finite or too large for a double; not what only Java takes for one. */
    private static Optional<Double> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Double.valueOf(text)) : Optional.empty();
    }

    private static Predicate<Double> atMost(double most) {
        return number -> number >= 0 && number <= most;
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
