package io.github.redissessionscaler.simulation;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** CSV with a line for each value of each series: the columns {@code Series}, {@code Time} and {@code Value} of older Grafana. */
final class SeriesRows {

    private final int nameColumn;
    private final Set<String> names = new LinkedHashSet<>();
    private final NavigableMap<Long, Map<String, Double>> values = new TreeMap<>();
    private long size;

    /** Without lines. */
    SeriesRows(int nameColumn) {
        this.nameColumn = nameColumn;
    }

    int nameColumn() {
        return nameColumn;
    }

    /** Adds a line; NaN where there is no number. */
    void add(String name, long millis, double sessions) {
        names.add(name);
        values.computeIfAbsent(millis, _ -> new HashMap<>()).put(name, sessions);
        size++;
    }

    /** How many lines were added. */
    long size() {
        return size;
    }

    /** All series, in their order. */
    List<String> names() {
        return List.copyOf(names);
    }

    /** These names as they are in the file, whatever their case; all series if none is given. */
    List<String> names(List<String> given) {
        return given.isEmpty()
                ? names()
                : given.stream()
                        .map(name -> Optional.of(name)
                                .filter(names::contains)
                                .or(() -> names.stream()
                                        .filter(name::equalsIgnoreCase)
                                        .findFirst())
                                .orElse(name))
                        .toList();
    }

    /** Passes the sum of these series at each time at which all of them have a number; NaN where none has. */
    void sums(List<String> chosen, BiConsumer<Long, Double> points) {
        values.forEach((millis, sessions) -> {
            List<Double> known = chosen.stream()
                    .map(name -> sessions.getOrDefault(name, Double.NaN))
                    .filter(number -> !number.isNaN())
                    .toList();
            boolean any = chosen.stream().anyMatch(sessions::containsKey);
            if (known.size() == chosen.size()) {
                points.accept(
                        millis, known.stream().mapToDouble(Double::doubleValue).sum());
            } else if (known.isEmpty() && any) {
                points.accept(millis, Double.NaN);
            }
        });
    }
}
