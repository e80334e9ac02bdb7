package io.github.redissessionscaler.management;

import io.github.redissessionscaler.history.Course;
import io.github.redissessionscaler.history.Point;
import java.time.Instant;
import java.util.stream.Collectors;

/** The sessions that were recorded of a trigger, one moment a line, without a number where Redis gave none. */
final class HistoryCsv {

    static final String TYPE = "text/csv; charset=utf-8";

    private HistoryCsv() {}

    static String of(Course course, Instant now) {
        return course.points(Instant.EPOCH, now, Integer.MAX_VALUE).stream()
                .map(HistoryCsv::line)
                .collect(Collectors.joining("", "time,sessions\n", ""));
    }

    private static String line(Point point) {
        String sessions = point.sessions().stream()
                .mapToObj(number -> JsonNumbers.of(number).toString())
                .collect(Collectors.joining());
        return Instant.ofEpochSecond(point.at().getEpochSecond()) + "," + sessions + "\n";
    }
}
