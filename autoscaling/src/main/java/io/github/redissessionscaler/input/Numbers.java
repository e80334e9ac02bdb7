package io.github.redissessionscaler.input;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Formats numbers with up to three decimals. */
public final class Numbers {

    private Numbers() {}

    /** Without separators, for output that programs may read. */
    public static String plain(double number) {
        return format("0.###", number);
    }

    /** With commas between thousands, for people. */
    public static String withCommas(double number) {
        return format("#,##0.###", number);
    }

    /** The same for a whole number. */
    public static String withCommas(long number) {
        return withCommas((double) number);
    }

    private static String format(String pattern, double number) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }
}
