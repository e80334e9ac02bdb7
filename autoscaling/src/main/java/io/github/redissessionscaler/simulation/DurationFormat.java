package io.github.redissessionscaler.simulation;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;

/** Lengths of time as people read them, in tables and pictures alike. */
public final class DurationFormat {

    private DurationFormat() {}

    /** Hours with one decimal. */
    public static String hours(Duration duration) {
        return new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT))
                .format((double) duration.toSeconds() / 3600);
    }

    /** Hours and minutes, or minutes and seconds where there is no hour. */
    public static String time(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        return duration.toHours() > 0
                ? "%d h %02d min".formatted(duration.toHours(), duration.toMinutesPart())
                : duration.toMinutes() > 0
                        ? "%d min %02d s".formatted(duration.toMinutes(), duration.toSecondsPart())
                        : duration.toSeconds() + " s";
    }
}
