package io.github.redissessionscaler.management;

import io.github.redissessionscaler.history.Course;
import io.github.redissessionscaler.history.Point;
import java.time.Instant;
import java.util.stream.Collectors;

/** The sessions that were recorded of a trigger, one moment a line; moments without a number are left out. */
final class HistoryCsv {

    static final String TYPE = "text/csv; charset=utf-8";

    private HistoryCsv() {}

    static String of(Course course, Instant now) {
        return course.points(Instant.EPOCH, now, Integer.MAX_VALUE).stream()
                .flatMap(point -> point.sessions().stream().mapToObj(sessions -> line(point, sessions)))
                .collect(Collectors.joining("", "time,sessions\n", ""));
    }

    private static String line(Point point, double sessions) {
        return Instant.ofEpochSecond(point.at().getEpochSecond()) + "," + Numbers.json(sessions) + "\n";
    }
}
