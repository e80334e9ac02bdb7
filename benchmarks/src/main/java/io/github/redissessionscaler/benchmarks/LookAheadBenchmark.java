package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.simulation.LoadCurve;
import io.github.redissessionscaler.simulation.LoadCurveReader;
import io.github.redissessionscaler.simulation.Outcome;
import io.github.redissessionscaler.simulation.ScenarioSettings;
import io.github.redissessionscaler.simulation.Simulation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The errors of forecasts on load curves, and the overload and cost of {@code lookAhead} under the HPA. Errors are measured only at
 * the points of a curve, because a trend would know what follows on the straight line between two points.
 */
final class LookAheadBenchmark {

    private static final List<Duration> STARTUPS =
            List.of(Duration.ofSeconds(60), Duration.ofSeconds(120), Duration.ofSeconds(180));
    private static final List<String> PLAIN = List.of("0", "5%", "10%", "15%", "20%");
    private static final List<String> AHEAD = List.of("0", "2%", "5%");

    /** More headroom settings to interpolate between, which are not printed. */
    private static final List<String> BETWEEN = List.of("1%", "2%", "3%", "4%", "6%", "8%", "12%", "25%", "30%");

    private static final Duration FIXED_TREND = Duration.ofMinutes(2);
    private static final double CAPACITY = 100;
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;

    private record Cost(double replicaHours, double overloadedMinutes) {}

    private final PrintStream out;

    private LookAheadBenchmark(PrintStream out) {
        this.out = out;
    }

    /** With the curves of these files, or with {@link SyntheticCurve}s if there are none. */
    static void run(PrintStream out, List<Path> files) throws IOException {
        var benchmark = new LookAheadBenchmark(out);
        Map<String, LoadCurve> curves = new LinkedHashMap<>();
        if (files.isEmpty()) {
            for (SyntheticCurve curve : SyntheticCurve.values()) {
                curves.put(curve.toString(), curve.curve());
            }
        }
        for (Path file : files) {
            try (Stream<String> lines = Files.lines(file)) {
                curves.put(String.valueOf(file.getFileName()), LoadCurveReader.read(lines));
            }
        }
        benchmark.errors(curves);
        benchmark.outcomes(curves);
    }

    private void errors(Map<String, LoadCurve> curves) {
        out.println("Mean absolute error in sessions");
        out.println();
        out.println("| curve | ahead | persistence | trend of 2 minutes | forecast | forecast / persistence |");
        out.println("|---|---|---|---|---|---|");
        curves.forEach((name, curve) -> STARTUPS.forEach(ahead -> errors(name, curve, ahead)));
        out.println();
    }

    private void errors(String name, LoadCurve curve, Duration ahead) {
        var forecast = new Forecast(ahead);
        double error = 0;
        double ofPersistence = 0;
        double ofTrend = 0;
        long compared = 0;
        Instant read = curve.span().from();
        for (int point = 0; point < curve.points(); point++) {
            Instant at = curve.at(point);
            for (; !read.isAfter(at); read = read.plus(Forecast.INTERVAL)) {
                if (!curve.unavailableAt(read)) {
                    forecast.read(curve.sessionsAt(read), 0, read);
                }
            }
            Instant then = at.plus(ahead);
            if (curve.unavailableAt(at) || then.isAfter(curve.span().to())) {
                continue;
            }
            double now = curve.sessionsAt(at);
            double rise = (now - curve.sessionsAt(at.minus(FIXED_TREND)))
                    * ((double) ahead.toSeconds() / (double) FIXED_TREND.toSeconds());
            double actual = curve.sessionsAt(then);
            error += Math.abs(actual - forecast.expected(now, at));
            ofPersistence += Math.abs(actual - now);
            ofTrend += Math.abs(actual - now - rise);
            compared++;
        }
        out.printf(
                "| %s | %d s | %.2f | %.2f | %.2f | %.0f %% |%n",
                name,
                ahead.toSeconds(),
                ofPersistence / compared,
                ofTrend / compared,
                error / compared,
                100 * error / ofPersistence);
    }

    private void outcomes(Map<String, LoadCurve> curves) {
        out.printf(
                "Under the HPA: tolerance 0, %.0f sessions per replica, lookAhead equal to the start-up time%n",
                CAPACITY);
        out.println();
        out.println("| curve | start-up | setting | overloaded minutes | replica hours | headroom alone, same hours:"
                + " overloaded minutes | ratio |");
        out.println("|---|---|---|---|---|---|---|");
        curves.forEach((name, curve) -> STARTUPS.forEach(startup -> outcomes(name, curve, startup)));
    }

    private void outcomes(String name, LoadCurve curve, Duration startup) {
        NavigableMap<Double, Double> plain = new TreeMap<>();
        for (String headroom : Stream.concat(PLAIN.stream(), BETWEEN.stream()).toList()) {
            Cost cost = cost(curve, startup, Duration.ZERO, headroom);
            plain.put(cost.replicaHours(), cost.overloadedMinutes());
            if (PLAIN.contains(headroom)) {
                String setting = headroom.equals("0") ? "plain" : "headroom " + headroom;
                print(name, startup, setting, cost, "|  |");
            }
        }
        for (String headroom : AHEAD) {
            Cost cost = cost(curve, startup, startup, headroom);
            String setting = headroom.equals("0") ? "lookAhead" : "lookAhead, headroom " + headroom;
            double sameHours = interpolated(plain, cost.replicaHours());
            print(
                    name,
                    startup,
                    setting,
                    cost,
                    sameHours == 0
                            ? "0.0 |  |"
                            : "%.1f | %.0f %% |".formatted(sameHours, 100 * cost.overloadedMinutes() / sameHours));
        }
    }

    private void print(String name, Duration startup, String setting, Cost cost, String rest) {
        out.printf(
                "| %s | %d s | %s | %.1f | %.0f | %s%n",
                name, startup.toSeconds(), setting, cost.overloadedMinutes(), cost.replicaHours(), rest);
    }

    private static Cost cost(LoadCurve curve, Duration startup, Duration lookAhead, String headroom) {
        ScenarioSettings settings = ScenarioSettings.of(Map.of(
                "minReplicaCount",
                "1",
                "maxReplicaCount",
                "100000",
                "tolerance",
                "0",
                "headroom",
                headroom,
                "startup",
                startup.toSeconds() + "s",
                "lookAhead",
                lookAhead.toSeconds() + "s"));
        Outcome outcome = Simulation.run(curve, settings.read(headroom), CAPACITY);
        return new Cost(
                (double) outcome.replicaTime().toSeconds() / HOUR,
                (double) outcome.overloaded().toSeconds() / MINUTE);
    }

    private static double interpolated(NavigableMap<Double, Double> plain, double hours) {
        Map.Entry<Double, Double> less = plain.floorEntry(hours);
        Map.Entry<Double, Double> more = plain.ceilingEntry(hours);
        if (less == null || more == null) {
            return (less == null ? more : less).getValue();
        }
        double part =
                more.getKey().equals(less.getKey()) ? 0 : (hours - less.getKey()) / (more.getKey() - less.getKey());
        return less.getValue() + part * (more.getValue() - less.getValue());
    }
}
