package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.trigger.Target;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of sessions in a CSV file, plain or as Grafana formats it: {@code 1,234}, {@code 1.23 K}, {@code 12 sessions}. */
final class SessionsCell {

    private static final Set<String> MISSING = Set.of(
            "", "-", "unavailable", "nan", "null", "undefined", "n/a", "no data", "inf", "+inf", "-inf", "infinity");

    private static final Pattern NUMBER = Pattern.compile(
            "(\\d{1,15}|\\d{1,3}(?:[, \\u00a0\\u202f']\\d{3}){1,4})(\\.\\d*)?(?:[ \\u00a0]?(K|k|M|Mil|B|Bil))?"
                    + "(?:[ \\u00a0][A-Za-z][A-Za-z /]*)?");

    private static final Pattern BETWEEN_THOUSANDS = Pattern.compile("[, \\u00a0\\u202f']");

    private SessionsCell() {}

    /** The number, NaN where there is none, or empty when it is neither. */
    static OptionalDouble parse(String text) {
        if (MISSING.contains(text.toLowerCase(Locale.ROOT))) {
            return OptionalDouble.of(Double.NaN);
        }
        Matcher parts = NUMBER.matcher(text);
        if (!parts.matches()) {
            return OptionalDouble.empty();
        }
        String fraction = parts.group(2) == null ? "" : parts.group(2);
        double number = factor(parts.group(3) == null ? "" : parts.group(3))
                * Double.parseDouble(BETWEEN_THOUSANDS.matcher(parts.group(1)).replaceAll("") + fraction);
        return number <= Target.LARGEST ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    private static double factor(String prefix) {
        return switch (prefix) {
            case "K", "k" -> 1e3;
            case "M", "Mil" -> 1e6;
            case "B", "Bil" -> 1e9;
            default -> 1;
        };
    }
}
