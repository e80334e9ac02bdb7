package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.trigger.MetadataKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The best of many combinations of settings: for every other one, one of these has no more overload and no more replica hours.
 * Overload falls and replica hours rise from one to the next.
 *
 * @param combinations how many were simulated
 */
public record Frontier(List<Combination> best, int combinations) {

    private static final List<String> HEADROOMS = List.of("0", "2%", "5%", "10%", "20%");

    /** Of the sessions that a replica can serve. */
    private static final List<Double> SESSION_SIZES = List.of(1.0, 0.9, 0.8);

    /** The first changes nothing. A short window saves replica hours, and a tolerance of 0 avoids overload. */
    private static final List<Map<String, String>> BEHAVIORS = List.of(
            Map.of(),
            Map.of(ScenarioKey.SCALE_UP_TOLERANCE.text(), "0"),
            Map.of(ScenarioKey.SCALE_DOWN_WINDOW.text(), "60"),
            Map.of(ScenarioKey.SCALE_UP_TOLERANCE.text(), "0", ScenarioKey.SCALE_DOWN_WINDOW.text(), "60"));

    /** Where replicas serve at once, a forecast until the HPA's next requests still helps. */
    private static final Duration SHORTEST = Forecast.INTERVAL.multipliedBy(2);

    /**
     * One combination, and what follows from it.
     *
     * @param settings that were varied
     */
    public record Combination(ScenarioSettings settings, Duration overloaded, Duration replicaTime) {}

    /** Copies the list. */
    public Frontier {
        best = List.copyOf(best);
    }

    /**
     * Simulates all combinations of headroom, {@code lookAhead}, {@code sessionSize} and behavior, on all processors.
     *
     * @param given the other settings, which must be valid
     * @param capacity sessions that a replica can serve, more than 0
     */
    public static Frontier of(LoadCurve curve, ScenarioSettings given, double capacity) {
        List<Combination> simulated = lookAheads(given.read("").startup())
                .flatMap(ahead -> simulated(curve, given, capacity, ahead))
                .sorted(Comparator.comparing(Combination::replicaTime).thenComparing(Combination::overloaded))
                .toList();
        List<Combination> best = new ArrayList<>();
        for (Combination next : simulated) {
            if (best.isEmpty() || next.overloaded().compareTo(best.getLast().overloaded()) < 0) {
                best.add(next);
            }
        }
        return new Frontier(best, simulated.size());
    }

    /** The combination of the fewest replica hours with at most this overload. */
    public Optional<Combination> cheapest(Duration mostOverload) {
        return best.stream()
                .filter(one -> one.overloaded().compareTo(mostOverload) <= 0)
                .findFirst();
    }

    /** All combinations with one {@code lookAhead}, which share its forecasts. */
    private static Stream<Combination> simulated(
            LoadCurve curve, ScenarioSettings given, double capacity, Duration ahead) {
        Optional<CurveForecast> forecast =
                ahead.isZero() ? Optional.empty() : Optional.of(CurveForecast.of(curve, ahead));
        List<Combination> simulated = combinations(ahead, capacity).parallelStream()
                .map(settings -> {
                    Scenario setup = given.with(settings).read(settings.toString());
                    Outcome outcome = Simulation.run(curve, setup, capacity, forecast);
                    return new Combination(settings, outcome.overloaded(), outcome.replicaTime());
                })
                .toList();
        return simulated.stream();
    }

    private static List<ScenarioSettings> combinations(Duration ahead, double capacity) {
        return SESSION_SIZES.stream()
                .flatMap(part -> HEADROOMS.stream()
                        .flatMap(headroom -> BEHAVIORS.stream().map(behavior -> {
                            Map<String, String> settings = new LinkedHashMap<>();
                            settings.put(MetadataKey.HEADROOM.text(), headroom);
                            settings.put(MetadataKey.LOOK_AHEAD.text(), Durations.format(ahead));
                            settings.put(MetadataKey.SESSION_SIZE.text(), Numbers.plain(part * capacity));
                            settings.putAll(behavior);
                            return ScenarioSettings.of(settings);
                        })))
                .toList();
    }

    /** None, the time that a replica takes, and one and a half times that. */
    private static Stream<Duration> lookAheads(Duration startup) {
        return Stream.of(
                        Duration.ZERO,
                        atMost(startup),
                        atMost(startup.multipliedBy(3).dividedBy(2)))
                .distinct();
    }

    private static Duration atMost(Duration ahead) {
        return Stream.of(
                        Stream.of(ahead, SHORTEST)
                                .max(Comparator.naturalOrder())
                                .orElseThrow(),
                        Forecast.LONGEST_LOOK_AHEAD)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
