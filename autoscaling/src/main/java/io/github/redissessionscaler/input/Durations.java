package io.github.redissessionscaler.input;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Durations as users write them: whole numbers with the units d, h, m, s, ms, the larger unit first. */
public final class Durations {

    /** What {@link #parse} accepts, as a noun for a message. */
    static final String FORM = "a duration such as 500ms, 90s, 30m or 1h30m";

    /** Numbers are limited in length so that no sum overflows. */
    private static final Pattern PARTS =
            Pattern.compile("(?:(\\d{1,10})d)?(?:(\\d{1,10})h)?(?:(\\d{1,10})m)?(?:(\\d{1,10})s)?(?:(\\d{1,10})ms)?");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private static final Pattern ZERO = Pattern.compile("0+");

    private Durations() {}

    /** The duration, or empty when the text is not {@link #FORM}. */
    static Optional<Duration> parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofDays(part(parts, 1))
                .plusHours(part(parts, 2))
                .plusMinutes(part(parts, 3))
                .plusSeconds(part(parts, 4))
                .plusMillis(part(parts, 5)));
    }

    /**
     * How to fix a text that {@link #parse} rejects, to append to a message. Empty if a unit does not make it a duration of
     * the range, both ends included.
     */
    static String remedy(String text, Duration least, Duration most) {
        if (!NUMBER.matcher(text).matches()) {
            return "";
        }
        if (ZERO.matcher(text).matches()) {
            return least.isZero() ? "; add a unit: 0s" : "";
        }
        String fitting = Stream.of("s for seconds", "m for minutes")
                .filter(unit -> parse(text + unit.charAt(0))
                        .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0)
                        .isPresent())
                .map(text::concat)
                .collect(Collectors.joining(" or "));
        return fitting.isEmpty() ? "" : "; add a unit: " + fitting;
    }

    /** The duration as {@link #parse} accepts it, truncated to milliseconds: {@code 1h30m}, {@code 0s}. */
    public static String format(Duration duration) {
        var text = new StringBuilder();
        append(text, duration.toDays(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }

    private static long part(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
