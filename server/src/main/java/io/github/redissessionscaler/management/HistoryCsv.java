package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.history.HistoryPoint;
import io.github.redissessionscaler.history.TriggerHistory;
import java.time.Instant;
import java.util.stream.Collectors;

/** The recorded sessions of a trigger, one point a line. The number is empty where there was no count. */
final class HistoryCsv {

    static final String TYPE = "text/csv; charset=utf-8";

    private HistoryCsv() {}

    static Body.Content of(TriggerHistory history, Instant now) {
        return out -> {
            out.write("time,sessions\n".getBytes(UTF_8));
            for (HistoryPoint point : history.points(Instant.EPOCH, now, Integer.MAX_VALUE)) {
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
