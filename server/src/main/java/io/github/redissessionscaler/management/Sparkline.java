package io.github.redissessionscaler.management;

import io.github.redissessionscaler.history.HistoryPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** Resamples a history at equal distances, so that the plots of all triggers have one time axis. */
final class Sparkline {

    private Sparkline() {}

    /**
     * The highest count in each part of the window; empty where there is none.
     *
     * @param points in the order of time, none before the window
     * @param size number of parts, at least 1
     */
    static List<OptionalDouble> of(List<HistoryPoint> points, Instant now, Duration window, int size) {
        List<OptionalDouble> parts = new ArrayList<>(Collections.nCopies(size, OptionalDouble.empty()));
        Instant start = now.minus(window);
        for (int i = 0; i < points.size(); i++) {
            OptionalDouble sessions = points.get(i).sessions();
            if (sessions.isPresent()) {
                int first = partAt(points.get(i).at(), start, window, size);
                int last = i + 1 < points.size() ? partAt(points.get(i + 1).at(), start, window, size) : size;
                for (int part = first; part < Math.max(last, first + 1); part++) {
                    parts.set(part, OptionalDouble.of(Math.max(parts.get(part).orElse(0), sessions.getAsDouble())));
                }
            }
        }
        return parts;
    }

    private static int partAt(Instant time, Instant start, Duration window, int size) {
        double share = (double) Duration.between(start, time).toMillis() / (double) window.toMillis();
        return Math.clamp((int) (share * size), 0, size - 1);
    }
}
