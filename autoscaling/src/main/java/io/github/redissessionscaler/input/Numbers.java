package io.github.redissessionscaler.input;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as people read them, with up to three digits behind the point. */
public final class Numbers {

    private Numbers() {}

    /** Digits alone, for what is read by programs too. */
    public static String plain(double number) {
        return format("0.###", number);
    }

    /** With commas between thousands. */
    public static String words(double number) {
        return format("#,##0.###", number);
    }

    /** The same of a whole number. */
    public static String words(long number) {
        return words((double) number);
    }

    private static String format(String pattern, double number) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }
}
