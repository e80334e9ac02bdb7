package io.github.redissessionscaler.simulation;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
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
    };

    private static final Pattern DECIMAL = Pattern.compile("\\d{1,15}(\\.\\d{1,9})?");
    private static final Pattern HOURS_MINUTES_SECONDS = Pattern.compile("(\\d{1,4}):([0-5]\\d)(?::([0-5]\\d))?");
    private static final DateTimeFormatter WITH_OR_WITHOUT_OFFSET = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffsetId()
            .toFormatter(Locale.ROOT);

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
