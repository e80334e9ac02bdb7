package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.trigger.Target;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Reads a load curve out of lines of text, each a time and a number of sessions with a comma, a semicolon or a tab between
 * them. A first line that is no such thing names the columns. For one curve.
 */
public final class LoadCurveReader {

    /** How many invalid lines are listed. A file in another format has thousands. */
    private static final int MOST_REPORTED = 20;

    private static final Duration LONGEST = Duration.ofDays(400);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private static final Pattern SEPARATOR = Pattern.compile("[,;\\t]");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d*)?");
    private static final Set<String> UNAVAILABLE = Set.of("", "-", "unavailable", "nan");

    private final Problems problems = new Problems();
    private final LongStream.Builder times = LongStream.builder();
    private final DoubleStream.Builder counted = DoubleStream.builder();
    private Optional<TimeForm> form = Optional.empty();
    private int timeColumn;
    private int sessionsColumn = 1;
    private boolean started;
    private long line;
    private long bad;
    private long points;
    private long known;
    private long first;
    private long last;

    private LoadCurveReader() {}

    /**
     * The curve.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with the numbers of the bad lines
     */
    public static LoadCurve read(Stream<String> lines) {
        var reader = new LoadCurveReader();
        lines.forEachOrdered(reader::add);
        return reader.curve();
    }

    private void add(String text) {
        line++;
        if (text.isBlank() || text.startsWith("#")) {
            return;
        }
        List<String> cells = Arrays.stream(SEPARATOR.split(text, -1))
                .map(cell -> cell.strip().replaceAll("^\"|\"$", ""))
                .toList();
        boolean headed = started;
        started = true;
        if (!headed && TimeForm.of(cells.getFirst()).isEmpty()) {
            readHeader(cells);
        } else if (cells.size() <= Math.max(timeColumn, sessionsColumn)) {
            bad("has no " + (1 + Math.max(timeColumn, sessionsColumn)) + " columns");
        } else {
            Optional<Long> time = time(cells.get(timeColumn));
            OptionalDouble sessions = sessions(cells.get(sessionsColumn));
            time.ifPresent(at -> sessions.ifPresent(number -> addPoint(at, number)));
        }
    }

    /** Columns called time and sessions are taken wherever they stand, else the first two. */
    private void readHeader(List<String> cells) {
        List<String> names =
                cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
        if (names.contains("time") && names.contains("sessions")) {
            timeColumn = names.indexOf("time");
            sessionsColumn = names.indexOf("sessions");
        }
    }

    private Optional<Long> time(String text) {
        if (form.isEmpty()) {
            form = TimeForm.of(text);
        }
        Optional<Long> millis = form.flatMap(known -> known.millis(text)).map(this::onItsDay);
        if (millis.isEmpty()) {
            bad(Printable.of(text) + " is not a time"
                    + (points > 0
                            ? " in the form of the previous lines"
                            : "; times are 2026-03-02T08:15:00Z, 08:15 or seconds"));
        }
        return millis;
    }

    /** A time of day that is before the last one belongs to the next day. */
    private long onItsDay(long millis) {
        if (!form.equals(Optional.of(TimeForm.CLOCK)) || millis >= DAY_MILLIS) {
            return millis;
        }
        long onTheLastDay = last - last % DAY_MILLIS + millis;
        return onTheLastDay < last ? onTheLastDay + DAY_MILLIS : onTheLastDay;
    }

    /** The number, NaN where Redis was unavailable, or empty when it is neither, which is noted. */
    private OptionalDouble sessions(String text) {
        if (UNAVAILABLE.contains(text.toLowerCase(Locale.ROOT))) {
            return OptionalDouble.of(Double.NaN);
        }
        OptionalDouble number = Stream.of(text)
                .filter(NUMBER.asMatchPredicate())
                .mapToDouble(Double::parseDouble)
                .filter(sessions -> sessions <= Target.LARGEST)
                .findFirst();
        if (number.isEmpty()) {
            bad(Printable.of(text) + " is not a number of sessions; for an outage of Redis, leave it empty or write -");
        }
        return number;
    }

    private void addPoint(long time, double sessions) {
        if (points == 0) {
            first = time;
        } else if (time <= last) {
            bad("its time is not after that of the previous line");
            return;
        } else if (time - first > LONGEST.toMillis()) {
            bad("its time is more than " + LONGEST.toDays() + " days after the first");
            return;
        }
        times.add(time);
        counted.add(sessions);
        points++;
        known += Double.isNaN(sessions) ? 0 : 1;
        last = time;
    }

    private void bad(String message) {
        bad++;
        if (bad <= MOST_REPORTED) {
            problems.add("line " + line, message);
        }
    }

    private LoadCurve curve() {
        if (bad > MOST_REPORTED) {
            problems.add("and " + (bad - MOST_REPORTED) + " more lines", "have errors");
        } else if (bad == 0 && points < 2) {
            problems.add("the load curve", "has fewer than two points; give lines of a time and a number of sessions");
        } else if (bad == 0 && known == 0) {
            problems.add("the load curve", "contains no number of sessions");
        }
        problems.throwIfAny();
        return new LoadCurve(
                form.orElseThrow().scale(first),
                times.build().toArray(),
                counted.build().toArray());
    }
}
