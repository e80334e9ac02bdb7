package io.github.redissessionscaler.input;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * How a value is written: what is accepted, in words, and the value that a text stands for. Metadata, configuration, simulation
 * settings and request parameters all use it, so that each form is the same in all of them:
 *
 * <ul>
 *   <li>White space around a value is ignored, except in {@link #verbatim} text. No value holds a control character.
 *   <li>Words, {@code true} and {@code false} among them, are the same in upper and lower case.
 *   <li>Whole numbers are digits alone. Other numbers may have a sign, a point and an exponent.
 *   <li>A percentage is a number with % directly behind it.
 *   <li>Durations have a unit, see {@link Durations}.
 * </ul>
 *
 * <p>Immutable and thread-safe.
 */
public final class ValueParser<T> {

    private static final Pattern WHOLE = Pattern.compile("\\d{1,18}");

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?");

    /** {@code true} or {@code false}. */
    public static final ValueParser<Boolean> BOOLEAN = choice(List.of(true, false), String::valueOf);

    private final Supplier<String> accepted;
    private final Function<String, Optional<T>> read;
    private final UnaryOperator<String> suggestion;

    /** What of a text is its value: it without the white space around it, or all of it. */
    private final UnaryOperator<String> value;

    private ValueParser(
            Supplier<String> accepted,
            Function<String, Optional<T>> read,
            UnaryOperator<String> suggestion,
            UnaryOperator<String> value) {
        this.accepted = accepted;
        this.read = read;
        this.suggestion = suggestion;
        this.value = value;
    }

    /**
     * Any form.
     *
     * @param accepted what it accepts, as a noun
     * @param read the value of a text without white space around it, or empty when the text has another form
     */
    public static <T> ValueParser<T> of(String accepted, Function<String, Optional<T>> read) {
        return new ValueParser<>(() -> accepted, read, _ -> "", String::strip);
    }

    /** A whole number within a range, both ends included and not negative. */
    public static ValueParser<Long> whole(long least, long most) {
        return whole("a whole number", least, most);
    }

    /** The same with another noun for it. */
    public static ValueParser<Long> whole(String noun, long least, long most) {
        return of(
                noun + " from " + least + " to " + most,
                text -> Optional.of(text)
                        .filter(WHOLE.asMatchPredicate())
                        .map(Long::valueOf)
                        .filter(number -> number >= least && number <= most));
    }

    /** A whole number of seconds, without a unit, within a range, both ends included and not negative. */
    public static ValueParser<Duration> seconds(long least, long most) {
        return whole("a whole number of seconds", least, most).map(Duration::ofSeconds);
    }

    /** A number within a range, both ends included. */
    public static ValueParser<Double> decimal(double least, double most) {
        return decimal("a number", least, most);
    }

    /** The same with another noun for it. */
    public static ValueParser<Double> decimal(String noun, double least, double most) {
        return of(noun + range(least, most, ""), text -> number(text).filter(within(least, most)));
    }

    /** A percentage within a range of percents, both ends included; 10% is 10. */
    public static ValueParser<Double> percentage(double least, double most) {
        return ValueParser.<Double>of(
                        "a percentage" + range(least, most, "%"),
                        text -> text.endsWith("%")
                                ? number(text.substring(0, text.length() - 1)).filter(within(least, most))
                                : Optional.empty())
                .suggesting(text -> number(text).filter(within(least, most)).isPresent()
                        ? "; a percentage needs its sign: write " + text + "%"
                        : "");
    }

    /** A duration within a range, both ends included. */
    public static ValueParser<Duration> duration(Duration least, Duration most) {
        return of(
                        Durations.FORM + ", from " + Durations.format(least) + " to " + Durations.format(most),
                        text -> Durations.parse(text)
                                .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0))
                .suggesting(text -> Durations.remedy(text, least, most));
    }

    /**
     * One of several words.
     *
     * @param values all of them, in the order in which they are named
     * @param word how each is written
     */
    public static <T> ValueParser<T> choice(List<T> values, Function<T, String> word) {
        return choice(() -> values, word);
    }

    /** One of the constants of an enum, which is not initialized before it is needed. */
    public static <E extends Enum<E>> ValueParser<E> choice(Class<E> type, Function<E, String> word) {
        return choice(() -> List.copyOf(EnumSet.allOf(type)), word);
    }

    /** One of the constants of an enum, each written as {@link #word} has it. */
    public static <E extends Enum<E>> ValueParser<E> choice(Class<E> type) {
        return choice(type, ValueParser::word);
    }

    /** A constant as users write it: its name in lower case. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Text that matches as a whole. */
    public static ValueParser<String> matching(Pattern pattern, String accepted) {
        return of(accepted, text -> Optional.of(text).filter(pattern.asMatchPredicate()));
    }

    /** Text, without the white space around it, within a range of lengths, both ends included. */
    public static ValueParser<String> text(int shortest, int longest) {
        return of(
                lengths(shortest, longest), text -> Optional.of(text).filter(given -> fits(given, shortest, longest)));
    }

    /** Text with the white space around it, within a range of lengths, both ends included; where some is needed, not blank. */
    public static ValueParser<String> verbatim(int shortest, int longest) {
        return new ValueParser<>(
                () -> lengths(shortest, longest),
                text -> Optional.of(text)
                        .filter(given -> fits(given, shortest, longest))
                        .filter(given -> shortest == 0 || !given.isBlank()),
                _ -> "",
                UnaryOperator.identity());
    }

    /** Values with a separator between them, at least one. */
    public static <T> ValueParser<List<T>> list(String accepted, String separator, ValueParser<T> element) {
        return of(accepted, text -> {
            List<Optional<T>> elements = Arrays.stream(text.split(Pattern.quote(separator), -1))
                    .map(element::parse)
                    .toList();
            return elements.stream().allMatch(Optional::isPresent)
                    ? Optional.of(elements.stream().flatMap(Optional::stream).toList())
                    : Optional.empty();
        });
    }

    /** The same form for other values. */
    public <U> ValueParser<U> map(Function<T, U> function) {
        return new ValueParser<>(accepted, text -> read.apply(text).map(function), suggestion, value);
    }

    /** This form or, where a text does not have it, another. */
    public ValueParser<T> or(ValueParser<T> other) {
        return new ValueParser<>(
                () -> accepted() + ", or " + other.accepted(),
                text -> read.apply(text).or(() -> other.read.apply(text)),
                text -> either(suggestion.apply(text), () -> other.suggestion.apply(text)),
                value);
    }

    /** The same form with other words for what it accepts. */
    public ValueParser<T> describedAs(String words) {
        return new ValueParser<>(() -> words, read, suggestion, value);
    }

    /** The same form with examples behind the words for what it accepts. */
    public ValueParser<T> suchAs(String examples) {
        return describedAs(accepted() + ", such as " + examples);
    }

    /** The same form with a suggestion for texts that have none, to put behind a message; it may be empty. */
    public ValueParser<T> suggesting(UnaryOperator<String> other) {
        return new ValueParser<>(
                accepted, read, text -> either(suggestion.apply(text), () -> other.apply(text)), value);
    }

    /** What is accepted, as a noun. */
    public String accepted() {
        return accepted.get();
    }

    /** The value that the text stands for, or empty when it has another form. */
    public Optional<T> parse(String text) {
        return Optional.of(value.apply(text)).filter(ValueParser::isText).flatMap(read);
    }

    /**
     * The value that the text stands for, or empty when it has another form, which is noted.
     *
     * @param key where the text stands
     * @param shown how a message shows the text, which may be a secret; a suggestion follows only where it is quoted
     */
    public Optional<T> parse(String key, String text, UnaryOperator<String> shown, Problems problems) {
        Optional<T> parsed = parse(text);
        if (parsed.isEmpty()) {
            problems.add(key, refusal(text, shown.apply(text)));
        }
        return parsed;
    }

    private String refusal(String text, String shown) {
        if (text.isBlank()) {
            return "is empty; give " + accepted() + ", or remove it";
        }
        if (!isText(value.apply(text))) {
            return shown + " holds a line break or another control character; remove it";
        }
        boolean quoted = shown.equals(Printable.of(text));
        return shown + " is not " + accepted() + (quoted ? suggestion.apply(value.apply(text)) : "");
    }

    private static <T> ValueParser<T> choice(Supplier<List<T>> values, Function<T, String> word) {
        Supplier<List<String>> words = () -> values.get().stream().map(word).toList();
        return new ValueParser<>(
                () -> alternatives(words.get()),
                text -> values.get().stream()
                        .filter(value -> word.apply(value).equalsIgnoreCase(text))
                        .findFirst(),
                text -> Suggestions.question(text, words.get()),
                String::strip);
    }

    private static String alternatives(List<String> words) {
        return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    /** A decimal number, finite or too large for a double; not what only Java takes for one. */
    private static Optional<Double> number(String text) {
        return Optional.of(text).filter(DECIMAL.asMatchPredicate()).map(Double::valueOf);
    }

    private static Predicate<Double> within(double least, double most) {
        return number -> number >= least && number <= most;
    }

    private static String range(double least, double most, String unit) {
        return " from " + Numbers.plain(least) + unit + " to " + Numbers.plain(most) + unit;
    }

    private static String lengths(int shortest, int longest) {
        return "text of " + shortest + " to " + longest + " characters";
    }

    private static boolean fits(String text, int shortest, int longest) {
        return text.length() >= shortest && text.length() <= longest;
    }

    private static String either(String first, Supplier<String> second) {
        return first.isEmpty() ? second.get() : first;
    }

    private static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(character ->
                        Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE);
    }
}
