package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.history.HistoryPoint;
import io.github.redissessionscaler.history.TriggerHistory;
import java.time.Instant;
import java.util.stream.Collectors;

/** The sessions that were recorded of a trigger, one moment a line, without a number where Redis gave none. */
final class HistoryCsv {

    static final String TYPE = "text/csv; charset=utf-8";

    private HistoryCsv() {}

    static Body.Content of(TriggerHistory course, Instant now) {
        return out -> {
            out.write("time,sessions\n".getBytes(UTF_8));
            for (HistoryPoint point : course.points(Instant.EPOCH, now, Integer.MAX_VALUE)) {
                out.write(line(point).getBytes(UTF_8));
            }
        };
    }

    private static String line(HistoryPoint point) {
        String sessions = point.sessions().stream()
                .mapToObj(number -> JsonNumbers.of(number).toString())
                .collect(Collectors.joining());
        return Instant.ofEpochSecond(point.at().getEpochSecond()) + "," + sessions + "\n";
    }
}
