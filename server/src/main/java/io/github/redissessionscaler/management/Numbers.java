package io.github.redissessionscaler.management;

import com.google.gson.JsonPrimitive;
import io.github.redissessionscaler.counting.Count;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Numbers as the page tells them. */
final class Numbers {

    /** How many standard errors there are to each side in an interval that holds the truth 95 times in 100. */
    private static final double CONFIDENCE_95 = 1.96;

    private static final double THOUSANDTHS = 1000;

    private Numbers() {}

    /** With commas between thousands, and up to three digits behind the point. */
    static String words(double number) {
        return new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }

    /** The same of a whole number. */
    static String words(long number) {
        return words((double) number);
    }

    /** In thousandths, and without a point where the number is whole. */
    static JsonPrimitive json(double number) {
        double rounded = Math.rint(number * THOUSANDTHS) / THOUSANDTHS;
        long whole = (long) rounded;
        return (double) whole == rounded ? new JsonPrimitive(whole) : new JsonPrimitive(rounded);
    }

    /** From then to now, in seconds, not negative. */
    static JsonPrimitive seconds(Instant then, Instant now) {
        return json((double) Math.max(0, Duration.between(then, now).toMillis()) / THOUSANDTHS);
    }

    static double lowest95(Count count) {
        return Math.max(0, count.value() - CONFIDENCE_95 * count.standardError());
    }

    static double highest95(Count count) {
        return count.value() + CONFIDENCE_95 * count.standardError();
    }
}
