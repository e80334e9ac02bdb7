package io.github.redissessionscaler.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The result of a range query of Prometheus, converted to CSV with a column for each series: as JSON of its HTTP API or of {@code
 * promtool query range}, or as text of the latter.
 */
final class PrometheusRange {

    /** A line before the values of a series, as text. */
    private static final String SERIES_END = "=>";

    /** What Prometheus writes where a query has no result, or an infinite one. */
    private static final Set<String> NO_NUMBER = Set.of("NaN", "Inf", "+Inf", "-Inf");

    /** A series and its only value, as text. */
    private static final Pattern INSTANT = Pattern.compile(".*=> \\S+ @\\[[\\d.e+]+]");

    private static final Pattern SAMPLE = Pattern.compile("(\\S+) @\\[([\\d.]+)(?:e\\+(\\d+))?]");

    /** The launcher's heap has room for the values of such a text. */
    private static final int MOST_CHARACTERS = 2 << 20;

    private final List<String> series = new ArrayList<>();
    /** The values at each time, by the number of their series. */
    private final NavigableMap<BigDecimal, Map<Integer, String>> rows = new TreeMap<>();

    private PrometheusRange() {}

    /**
     * The lines of a file, in CSV if they were a result of Prometheus.
     *
     * @throws InvalidInputException if they are JSON, but no such result
     */
    static Stream<String> csv(Stream<String> text) {
        Iterator<String> rest = text.iterator();
        int blank = 0;
        String line = "";
        while (line.isBlank() && rest.hasNext()) {
            line = rest.next();
            blank++;
        }
        Stream<String> lines = Stream.of(
                        Collections.nCopies(Math.max(0, blank - 1), "").stream(), Stream.of(line), remaining(rest))
                .flatMap(part -> part);
        String first = line.strip();
        var range = new PrometheusRange();
        if (first.endsWith(SERIES_END)) {
            range.readText(whole(lines));
        } else if (INSTANT.matcher(first).matches()) {
            throw invalid("is the result of an instant query of promtool; use promtool query range");
        } else if (first.startsWith("{") || first.startsWith("[")) {
            range.readJson(whole(lines));
        } else {
            return lines;
        }
        return range.csv();
    }

    private static Stream<String> remaining(Iterator<String> lines) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED), false);
    }

    /** All lines, of a text that is needed as a whole. */
    private static String whole(Stream<String> lines) {
        var text = new StringBuilder();
        lines.forEachOrdered(line -> {
            if (text.length() + line.length() > MOST_CHARACTERS) {
                throw invalid("is a result of Prometheus of more than " + (MOST_CHARACTERS >> 20)
                        + " MiB; ask for fewer series or a shorter time");
            }
            text.append(line).append('\n');
        });
        return text.toString();
    }

    private void readJson(String text) {
        try {
            JsonElement root = JsonParser.parseString(text);
            if (root.isJsonArray()) {
                readMatrix(root.getAsJsonArray());
                return;
            }
            JsonObject answer = root.getAsJsonObject();
            if (answer.has("error")) {
                throw invalid("Prometheus returned an error: "
                        + Printable.of(answer.get("error").getAsString()));
            }
            JsonObject data = answer.getAsJsonObject("data");
            if (data == null || !data.get("resultType").getAsString().equals("matrix")) {
                throw invalid("is not the result of a range query of Prometheus; use query_range");
            }
            readMatrix(data.getAsJsonArray("result"));
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | NullPointerException
                | ClassCastException
                | IndexOutOfBoundsException
                | NumberFormatException e) {
            throw invalid("is JSON, but not the result of a range query of Prometheus");
        }
    }

    private void readMatrix(JsonArray result) {
        for (JsonElement element : result) {
            JsonObject one = element.getAsJsonObject();
            series.add(name(one.getAsJsonObject("metric")));
        }
        int column = 0;
        for (JsonElement element : result) {
            if (element.getAsJsonObject().has("histograms")) {
                throw invalid("contains a native histogram; use a query for a number, such as histogram_count()");
            }
            for (JsonElement pair : element.getAsJsonObject().getAsJsonArray("values")) {
                put(
                        pair.getAsJsonArray().get(0).getAsBigDecimal(),
                        column,
                        pair.getAsJsonArray().get(1).getAsString());
            }
            column++;
        }
    }

    /** As Prometheus writes it. */
    private static String name(JsonObject metric) {
        String labels = metric.entrySet().stream()
                .filter(label -> !label.getKey().equals("__name__"))
                .map(label -> label.getKey() + "=\"" + label.getValue().getAsString() + "\"")
                .collect(Collectors.joining(", "));
        String name = metric.has("__name__") ? metric.get("__name__").getAsString() : "";
        return labels.isEmpty() ? name : name + "{" + labels + "}";
    }

    private void readText(String text) {
        List<String> stripped =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        stripped.stream()
                .filter(line -> line.endsWith(SERIES_END))
                .map(line ->
                        line.substring(0, line.length() - SERIES_END.length()).strip())
                .forEach(series::add);
        int column = -1;
        for (String line : stripped) {
            if (line.endsWith(SERIES_END)) {
                column++;
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw noSample(line);
            }
            try {
                int exponent = sample.group(3) == null ? 0 : Integer.parseInt(sample.group(3));
                put(new BigDecimal(sample.group(2)).scaleByPowerOfTen(exponent), column, sample.group(1));
            } catch (NumberFormatException _) {
                throw noSample(line);
            }
        }
    }

    private static InvalidInputException noSample(String line) {
        return invalid(Printable.of(line) + " is not a value of promtool, such as 12 @[1772438400]");
    }

    private void put(BigDecimal time, int column, String value) {
        rows.computeIfAbsent(time, _ -> new HashMap<>())
                .put(column, NO_NUMBER.contains(value) ? "" : new BigDecimal(value).toPlainString());
    }

    private Stream<String> csv() {
        if (series.isEmpty()) {
            throw invalid("Prometheus returned no series; check the query and the time");
        }
        Stream<String> header = Stream.of(Stream.concat(
                        Stream.of("time"), series.stream().map(name -> "\"" + name.replace("\"", "\"\"") + "\""))
                .collect(Collectors.joining(",")));
        return Stream.concat(
                header,
                rows.entrySet().stream()
                        .map(row -> row.getKey().toPlainString() + ","
                                + IntStream.range(0, series.size())
                                        .mapToObj(column -> row.getValue().getOrDefault(column, ""))
                                        .collect(Collectors.joining(","))));
    }

    private static InvalidInputException invalid(String message) {
        return InvalidInputException.of("the load curve", message);
    }
}
