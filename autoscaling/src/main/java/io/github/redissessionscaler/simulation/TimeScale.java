package io.github.redissessionscaler.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The form of the times in a load curve, which is also used for its results. */
public enum TimeScale {

    /** By the calendar, in UTC. */
    CALENDAR {
        @Override
        public String format(Instant time) {
            return WITH_DATE.format(time);
        }

        @Override
        String tick(Instant time, Duration step) {
            boolean midnight = time.getEpochSecond() % DAY.toSeconds() == 0;
            return midnight ? DATE.format(time) : CLOCK.format(time);
        }
    },

    /** From the curve's own zero; hours go on beyond 24. */
    ELAPSED {
        @Override
        public String format(Instant time) {
            long second = time.getEpochSecond();
            return "%02d:%02d:%02d".formatted(second / 3600, second / 60 % 60, second % 60);
        }

        @Override
        String tick(Instant time, Duration step) {
            return step.toSeconds() % 60 == 0 ? format(time).replaceFirst(":00$", "") : format(time);
        }
    };

    private static final Duration DAY = Duration.ofDays(1);
    private static final DateTimeFormatter WITH_DATE = utc("yyyy-MM-dd HH:mm:ss");
    private static final DateTimeFormatter DATE = utc("MMM d");
    private static final DateTimeFormatter CLOCK = utc("HH:mm");

    /** The time to the second. */
    public abstract String format(Instant time);

    /** The time below an axis whose marks are so far apart. */
    abstract String tick(Instant time, Duration step);

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }
}
