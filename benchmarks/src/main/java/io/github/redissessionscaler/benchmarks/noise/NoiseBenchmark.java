package io.github.redissessionscaler.benchmarks.noise;

import io.github.redissessionscaler.counting.Count;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What the noise of samples does to the reported number and to the replicas while the true number stays the same, and how soon a
 * change of it is reported. On simulated servers, so that an hour takes seconds and a seed gives the same figures everywhere.
 */
public final class NoiseBenchmark {

    /** What a key costs a server whose memory is fast, and one that is asked for the type of each key. */
    private static final List<Long> NANOS_PER_KEY = List.of(125L, 2_000L);

    private static final List<Integer> KEYS = List.of(1_000_000, 10_000_000);
    private static final List<Double> SHARES = List.of(0.0001, 0.001, 0.006, 0.01);
    private static final int REPLICAS = 10;
    private static final long SEED = 1;

    private NoiseBenchmark() {}

    /** Prints a line for each size, cost and share. */
    public static void run(PrintStream out) {
        out.println("| keys | server's time a key | sessions | first number after, error, warning | reported in an hour"
                + " | numbers | replicas | doubled, halved, half as many more, gone: reported after |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (int keys : KEYS) {
            for (long nanos : NANOS_PER_KEY) {
                for (double share : SHARES) {
                    out.println(line(keys, nanos, (int) Math.round(keys * share)));
                }
            }
        }
    }

    private static String line(int keys, long nanos, int sessions) {
        var server = new SimulatedServer(new SplittableRandom(SEED), keys, nanos);
        server.setSessions(sessions, 1);
        var simulation = new NoiseSimulation(server, (double) sessions / REPLICAS);
        Duration first = simulation.first();
        Count count = simulation.reported().orElseThrow();
        boolean warns = simulation.warns();
        NoiseSimulation.Reported hour = simulation.during(Duration.ofHours(1));
        return String.format(
                Locale.ROOT,
                "| %,d | %,d ns | %,d | %s, %.1f %%, %s | %,.0f to %,.0f | %d | %s | %s, %s, %s, %s |",
                keys,
                nanos,
                sessions,
                seconds(Optional.of(first)),
                100 * count.standardError() / count.value(),
                warns ? "yes" : "no",
                hour.lowest(),
                hour.highest(),
                hour.values().size(),
                hour.replicas(),
                seconds(followed(server, simulation, sessions, 2 * sessions)),
                seconds(followed(server, simulation, sessions, sessions / 2)),
                seconds(followed(server, simulation, sessions, sessions + sessions / 2)),
                seconds(followed(server, simulation, sessions, 0)));
    }

    /** How soon most of a change is reported; afterwards all is as before. */
    static Optional<Duration> followed(SimulatedServer server, NoiseSimulation simulation, int from, int to) {
        server.setSessions(from, 1);
        simulation.during(Duration.ofMinutes(20));
        server.setSessions(to, 1);
        double most = from + 0.8 * (to - from);
        return simulation.until(value -> to > from ? value >= most : value <= most);
    }

    private static String seconds(Optional<Duration> time) {
        return time.map(some -> String.format(Locale.ROOT, "%.1f s", (double) some.toMillis() / 1e3))
                .orElse("never");
    }
}
