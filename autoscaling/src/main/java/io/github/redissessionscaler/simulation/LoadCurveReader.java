package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Reads a load curve from CSV, also as Grafana exports it: a time and numbers of sessions in each line, separated by commas,
 * semicolons or tabs, or also a series of that name. A first line without a time names the columns. For one curve.
 */
public final class LoadCurveReader {

    /** How many invalid lines are listed. A file in another format has thousands. */
    private static final int MOST_REPORTED = 20;

    private static final Duration LONGEST = Duration.ofDays(400);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** The first line of a file for Excel. */
    private static final Pattern SEPARATOR = Pattern.compile("sep=(.)");

    /** The longest curve with a point each minute has fewer; the launcher's heap has room for them. */
    private static final long MOST_POINTS = 600_000;

    /** Values of several series need more room than points. */
    private static final long MOST_VALUES = 100_000;

    private final List<String> columns;
    private final Problems problems = new Problems();
    private final LongStream.Builder times = LongStream.builder();
    private final DoubleStream.Builder counted = DoubleStream.builder();
    private Optional<TimeForm> form = Optional.empty();
    private int timeColumn;
    private List<Integer> sessionsColumns = List.of(1);
    private Optional<CellSplitter> splitter = Optional.empty();
    private Optional<SeriesRows> rows = Optional.empty();
    private boolean started;
    private boolean unreadable;
    private long line;
    private long bad;
    private long points;
    private long known;
    private long first;
    private long last;

    private LoadCurveReader(List<String> columns) {
        this.columns = columns;
    }

    /**
     * The curve.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with the numbers of the bad lines
     */
    public static LoadCurve read(Stream<String> lines) {
        return read(lines, List.of());
    }

    /**
     * The curve of the sum of some columns.
     *
     * @param columns names in the first line, or of series if there is a line for each value of each series; if there are none, the
     *     column {@code sessions}, or the only one besides the time
     * @throws io.github.redissessionscaler.input.InvalidInputException with the numbers of the bad lines
     */
    public static LoadCurve read(Stream<String> lines, List<String> columns) {
        var reader = new LoadCurveReader(List.copyOf(columns));
        lines.forEachOrdered(reader::add);
        return reader.curve();
    }

    private void add(String text) {
        line++;
        if (unreadable || text.isBlank() || text.startsWith("#")) {
            return;
        }
        Matcher separator = SEPARATOR.matcher(text.strip());
        if (splitter.isEmpty() && separator.matches()) {
            splitter = Optional.of(new CellSplitter(separator.group(1).charAt(0)));
            return;
        }
        splitter = splitter.or(() -> Optional.of(CellSplitter.of(text)));
        List<String> cells = splitter.orElseThrow().split(text);
        boolean first = !started;
        started = true;
        if (first && TimeForm.of(cells.getFirst()).isEmpty()) {
            readHeader(cells);
        } else if (first && !columns.isEmpty()) {
            unreadable("has no names of columns, so none can be chosen");
        } else if (cells.size() <= lastColumn()) {
            bad("has no " + (1 + lastColumn()) + " columns");
        } else {
            Optional<Long> time = time(cells.get(timeColumn));
            OptionalDouble sessions = sum(cells);
            time.ifPresent(at -> sessions.ifPresent(number -> rows.ifPresentOrElse(
                    series -> addValue(series, cells.get(series.nameColumn()), at, number),
                    () -> addPoint(at, number))));
        }
    }

    private int lastColumn() {
        int nameColumn = rows.map(SeriesRows::nameColumn).orElse(0);
        return sessionsColumns.stream().reduce(Math.max(timeColumn, nameColumn), Math::max);
    }

    /** Columns called time and sessions, or as the caller says, are taken wherever they are, else the first two. */
    private void readHeader(List<String> cells) {
        List<String> names =
                cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
        timeColumn = Math.max(0, names.indexOf("time"));
        if (names.size() == 3 && names.containsAll(List.of("series", "time", "value"))) {
            rows = Optional.of(new SeriesRows(names.indexOf("series")));
            sessionsColumns = List.of(names.indexOf("value"));
        } else if (!columns.isEmpty()) {
            sessionsColumns = columns.stream().map(name -> column(name, cells)).toList();
        } else if (names.contains("sessions")) {
            sessionsColumns = List.of(names.indexOf("sessions"));
        } else if (cells.size() > 2) {
            unreadable("has several columns; choose with --column: " + named(cells));
        } else {
            sessionsColumns = List.of(1 - timeColumn);
        }
    }

    private int column(String name, List<String> cells) {
        int exact = cells.indexOf(name);
        int found = exact >= 0
                ? exact
                : cells.stream()
                        .map(cell -> cell.toLowerCase(Locale.ROOT))
                        .toList()
                        .indexOf(name.toLowerCase(Locale.ROOT));
        if (found < 0 || found == timeColumn) {
            unreadable("has no column " + Printable.of(name) + "; its columns are " + named(cells));
        }
        return Math.max(0, found);
    }

    private String named(List<String> cells) {
        return listed(IntStream.range(0, cells.size())
                .filter(column -> column != timeColumn)
                .mapToObj(cells::get));
    }

    private static String listed(Stream<String> names) {
        return names.limit(MOST_REPORTED).map(Printable::of).collect(Collectors.joining(", "));
    }

    /**
     * The sum of the columns; NaN if all of them are empty. Empty if one is invalid, which is noted, or if only some are empty: the
     * line is at a time at which only others have values.
     */
    private OptionalDouble sum(List<String> cells) {
        double sum = 0;
        int missing = 0;
        for (int column : sessionsColumns) {
            OptionalDouble number = sessions(cells.get(column));
            if (number.isEmpty()) {
                return number;
            }
            missing += Double.isNaN(number.getAsDouble()) ? 1 : 0;
            sum += Double.isNaN(number.getAsDouble()) ? 0 : number.getAsDouble();
        }
        if (missing == 0) {
            return OptionalDouble.of(sum);
        }
        return missing == sessionsColumns.size() ? OptionalDouble.of(Double.NaN) : OptionalDouble.empty();
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
        if (!form.equals(Optional.of(TimeForm.CLOCK)) || millis >= DAY_MILLIS || rows.isPresent()) {
            return millis;
        }
        long onTheLastDay = last - last % DAY_MILLIS + millis;
        return onTheLastDay < last ? onTheLastDay + DAY_MILLIS : onTheLastDay;
    }

    /** The number, NaN where Redis was unavailable, or empty when it is neither, which is noted. */
    private OptionalDouble sessions(String text) {
        OptionalDouble number = SessionsCell.parse(text);
        if (number.isEmpty()) {
            bad(Printable.of(text) + " is not a number of sessions; for an outage of Redis, leave it empty or write -");
        }
        return number;
    }

    private void addPoint(long time, double sessions) {
        if (points == 0) {
            first = time;
        } else if (time <= last) {
            bad("its time is not after that of the previous line; sort the lines, remove duplicates, and use UTC"
                    + " if local times go back an hour in autumn");
            return;
        } else if (time - first > LONGEST.toMillis()) {
            bad("its time is more than " + LONGEST.toDays() + " days after the first");
            return;
        } else if (points == MOST_POINTS) {
            tooMany(MOST_POINTS + " points");
            return;
        }
        times.add(time);
        counted.add(sessions);
        points++;
        known += Double.isNaN(sessions) ? 0 : 1;
        last = time;
    }

    private void addValue(SeriesRows series, String name, long time, double sessions) {
        series.add(name, time, sessions);
        if (series.size() > MOST_VALUES) {
            tooMany(MOST_VALUES + " values");
        }
    }

    private void tooMany(String what) {
        unreadable("the load curve has more than " + what + "; give a shorter time, or fewer lines for it");
    }

    private void addRows(SeriesRows series) {
        List<String> names = series.names(columns);
        Optional<String> unknown =
                names.stream().filter(name -> !series.names().contains(name)).findFirst();
        if (unknown.isPresent()) {
            problems.add(
                    "the load curve",
                    "has no series " + Printable.of(unknown.get()) + "; its series are "
                            + listed(series.names().stream()));
            bad++;
        } else if (columns.isEmpty() && names.size() > 1) {
            problems.add("the load curve", "has several series; choose with --column: " + listed(names.stream()));
            bad++;
        } else {
            series.sums(names, this::addPoint);
        }
    }

    /** The lines that follow are not read. */
    private void unreadable(String message) {
        unreadable = true;
        bad(message);
    }

    private void bad(String message) {
        bad++;
        if (bad <= MOST_REPORTED) {
            problems.add("line " + line, message);
        }
    }

    private LoadCurve curve() {
        if (bad == 0) {
            rows.ifPresent(this::addRows);
        }
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
