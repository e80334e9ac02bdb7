package io.github.redissessionscaler.benchmarks.noise;

import io.github.redissessionscaler.benchmarks.noise.AgreementSimulation.Difference;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/** By how much the numbers of two replicas of the scaler differ that were started ten minutes apart. On simulated servers. */
public final class AgreementBenchmark {

    private static final int KEYS = 1_000_000;
    private static final long NANOS_PER_KEY = 125;
    private static final List<Double> SHARES = List.of(0.6, 0.1, 0.01);
    private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ofMillis(100));
    private static final Duration APART = Duration.ofMinutes(10);
    private static final int RUNS = 3;

    private AgreementBenchmark() {}

    /** Prints a line for each share of matching keys, with a constant and with a rising number of sessions. */
    public static void run(PrintStream out) {
        out.println(
                "| share | sessions | clocks differ by | first 5 minutes: mean, largest difference | after 16 minutes,"
                        + " for half an hour | numbers in that time |");
        out.println("|---|---|---|---|---|---|");
        for (double share : SHARES) {
            for (Duration skew : SKEWS) {
                int sessions = (int) (KEYS * share);
                print(out, share, "constant", skew, _ -> sessions);
                print(out, share, "+ 0.3 % a minute", skew, time -> (int) (sessions * (1 + 0.003 * time.toMinutes())));
            }
        }
        out.println("goal at a share of 0.1, after the first minutes: 0.20 %, 1.00 %");
    }

    private static void print(
            PrintStream out, double share, String kind, Duration skew, ToIntFunction<Duration> sessions) {
        double firstMean = 0;
        double firstLargest = 0;
        double mean = 0;
        double largest = 0;
        int numbers = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            var server = new SimulatedServer(new SplittableRandom(seed), KEYS, NANOS_PER_KEY);
            server.pass(Duration.ofSeconds(71L * seed).toNanos());
            var simulation = new AgreementSimulation(server, sessions, APART, skew);
            Difference first = simulation.during(Duration.ofMinutes(5));
            simulation.pass(Duration.ofMinutes(11));
            Difference later = simulation.during(Duration.ofMinutes(30));
            firstMean += first.mean() / RUNS;
            firstLargest = Math.max(firstLargest, first.largest());
            mean += later.mean() / RUNS;
            largest = Math.max(largest, later.largest());
            numbers = Math.max(numbers, later.numbers());
        }
        out.printf(
                Locale.ROOT,
                "| %s | %s | %d ms | %.2f %%, %.2f %% | %.3f %%, %.2f %% | %d |%n",
                share,
                kind,
                skew.toMillis(),
                100 * firstMean,
                100 * firstLargest,
                100 * mean,
                100 * largest,
                numbers);
    }
}
