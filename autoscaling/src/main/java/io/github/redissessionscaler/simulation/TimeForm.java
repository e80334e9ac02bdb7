package io.github.redissessionscaler.simulation;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the times of a load curve are written. */
enum TimeForm {

    /** Seconds, milliseconds since 1970 where they are too many for that. */
    NUMBER {
        private static final double FIRST_EPOCH_SECOND = 1e9;
        private static final double FIRST_EPOCH_MILLI = 1e11;

        @Override
        Optional<Long> millis(String text) {
            return Optional.of(text)
                    .filter(DECIMAL.asMatchPredicate())
                    .map(Double::valueOf)
                    .map(number -> Math.round(number >= FIRST_EPOCH_MILLI ? number : number * 1000));
        }

        @Override
        TimeScale scale(long millis) {
            return millis >= FIRST_EPOCH_SECOND * 1000 ? TimeScale.CALENDAR : TimeScale.ELAPSED;
        }
    },

    /** Hours, minutes and perhaps seconds; after midnight comes the next day. */
    CLOCK {
        @Override
        Optional<Long> millis(String text) {
            Matcher parts = HOURS_MINUTES_SECONDS.matcher(text);
            if (!parts.matches()) {
                return Optional.empty();
            }
            String seconds = parts.group(3);
            return Optional.of(1000
                    * (3600 * Long.parseLong(parts.group(1))
                            + 60 * Long.parseLong(parts.group(2))
                            + (seconds == null ? 0 : Long.parseLong(seconds))));
        }

        @Override
        TimeScale scale(long millis) {
            return TimeScale.ELAPSED;
        }
    },

    /** ISO 8601, in UTC where no offset is given; a space may stand for the T. */
    ISO {
        @Override
        Optional<Long> millis(String text) {
            try {
                TemporalAccessor time = WITH_OR_WITHOUT_OFFSET.parseBest(
                        text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
                return Optional.of((time instanceof OffsetDateTime offset
                                ? offset
                                : LocalDateTime.from(time).atOffset(ZoneOffset.UTC))
                        .toInstant()
                        .toEpochMilli());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }

        @Override
        TimeScale scale(long millis) {
            return TimeScale.CALENDAR;
        }
    },

    /** Day, month, year, as browsers write them in most of the world: 02.03.2026, 08:15:00 or 02/03/2026 08:15. */
    DAY_FIRST {
        @Override
        Optional<Long> millis(String text) {
            return local(DAY_MONTH_YEAR, text);
        }

        @Override
        TimeScale scale(long millis) {
            return TimeScale.CALENDAR;
        }
    },

    /** Month, day, year, with AM or PM, as browsers write them in the United States: 3/2/2026, 8:15:00 AM. */
    MONTH_FIRST {
        @Override
        Optional<Long> millis(String text) {
            return local(MONTH_DAY_YEAR, text);
        }

        @Override
        TimeScale scale(long millis) {
            return TimeScale.CALENDAR;
        }
    },

    /** Year, month, day, with slashes or without leading zeros, as browsers write them in East Asia: 2026/3/2 8:15:00. */
    YEAR_FIRST {
        @Override
        Optional<Long> millis(String text) {
            return local(YEAR_MONTH_DAY, text);
        }

        @Override
        TimeScale scale(long millis) {
            return TimeScale.CALENDAR;
        }
    };

    private static final Pattern DECIMAL = Pattern.compile("\\d{1,15}(\\.\\d{1,9})?");
    private static final Pattern HOURS_MINUTES_SECONDS = Pattern.compile("(\\d{1,4}):([0-5]\\d)(?::([0-5]\\d))?");
    private static final DateTimeFormatter WITH_OR_WITHOUT_OFFSET = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffsetId()
            .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter DAY_MONTH_YEAR = formatter("[d.M.uuuu][d/M/uuuu][,] H:mm[:ss][.SSS]");
    private static final DateTimeFormatter MONTH_DAY_YEAR = formatter("M/d/uuuu[,] h:mm[:ss][.SSS] a");
    private static final DateTimeFormatter YEAR_MONTH_DAY = formatter("[uuuu/M/d][uuuu-M-d][,] H:mm[:ss][.SSS]");

    /** What browsers put before AM and PM, and some between numbers. */
    private static final Pattern OTHER_SPACES = Pattern.compile("[\\u00a0\\u202f]");

    private static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** In UTC, since no offset is given. */
    private static Optional<Long> local(DateTimeFormatter form, String text) {
        try {
            return Optional.of(LocalDateTime.parse(OTHER_SPACES.matcher(text).replaceAll(" "), form)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The form of a text, or empty when it is no time. */
    static Optional<TimeForm> of(String text) {
        return Arrays.stream(values())
                .filter(form -> form.millis(text).isPresent())
                .findFirst();
    }

    /** Milliseconds since zero, which is 1970 on the calendar; empty when the text has another form. */
    abstract Optional<Long> millis(String text);

    abstract TimeScale scale(long millis);
}
