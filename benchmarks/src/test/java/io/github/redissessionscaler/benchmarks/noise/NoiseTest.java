package io.github.redissessionscaler.benchmarks.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.counting.Count;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound that docs/counting.md states, on simulated servers with a clock and a seed of their own. */
final class NoiseTest {

    private static final int KEYS = 1_000_000;
    private static final int REPLICAS = 10;

    /** Of the first number, whose standard error is 5 % of it at most, and of later ones. */
    private static final double FARTHEST = 6 * 0.05;

    private static final Duration LONGEST_FIRST = Duration.ofSeconds(11);

    @ParameterizedTest
    @CsvSource({
        "0.0001, 125, 1",
        "0.001, 2000, 1",
        "0.001, 125, 1",
        "0.006, 2000, 1",
        "0.01, 2000, 1",
        "0.01, 2000, 8",
        "0.6, 2000, 1",
        "0.6, 2000, 8",
    })
    void whileNothingChangesTheNumberHardlyDoes(double share, long nanosPerKey, int together) {
        int sessions = (int) (KEYS * share);
        for (int seed = 0; seed < 2; seed++) {
            var simulation = simulation(server(seed, nanosPerKey, sessions, together), sessions);
            assertThat(simulation.first()).isLessThan(LONGEST_FIRST);
            double first = simulation.reported().orElseThrow().value();

            NoiseSimulation.Reported hour = simulation.during(Duration.ofHours(1));

            // From 5 % to 1 %, each at most 0.6 of the one before; then some that are rounded.
            assertThat(hour.values()).as("numbers").hasSizeLessThanOrEqualTo(10);
            assertThat(hour.values())
                    .allSatisfy(value -> assertThat(value / sessions).isBetween(1 - FARTHEST, 1 + FARTHEST));
            assertThat(hour.replicas()).as("replicas").hasSizeLessThanOrEqualTo(2);
            assertThat(hour.replicas())
                    .allSatisfy(replicas -> assertThat(replicas).isBetween(8L, 13L));
            assertThat(first).isIn(hour.values());
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0001, 2000, true", "0.001, 2000, true", "0.001, 125, false", "0.01, 2000, false", "0.6, 2000, false"
    })
    void theFirstNumberIsPreciseOrComesWithAWarning(double share, long nanosPerKey, boolean warns) {
        int sessions = (int) (KEYS * share);
        var simulation = simulation(server(1, nanosPerKey, sessions, 1), sessions);

        assertThat(simulation.first()).isLessThan(LONGEST_FIRST);

        Count first = simulation.reported().orElseThrow();
        assertThat(simulation.warns()).isEqualTo(warns);
        assertThat(first.standardError() > 0.05 * first.value()).isEqualTo(warns);
    }

    @Test
    void noSessionsAreZeroWithAWarningSinceNoSampleShowsThatThereAreNone() {
        var simulation = simulation(server(1, 2_000, 0, 1), 1_000);

        assertThat(simulation.first()).isLessThan(LONGEST_FIRST);
        assertThat(simulation.reported().orElseThrow().value()).isZero();
        assertThat(simulation.warns()).isTrue();
    }

    /** As docs/counting.md says. */
    @ParameterizedTest
    @CsvSource({
        "0.001, 125, 2, 30",
        "0.001, 125, 0.5, 60",
        "0.001, 125, 0, 30",
        "0.001, 2000, 2, 120",
        "0.001, 2000, 0, 120",
        "0.01, 2000, 2, 30",
        "0.01, 2000, 1.5, 60",
        "0.01, 2000, 0, 30",
        "0.6, 2000, 1.3, 15",
        "0.6, 2000, 0.5, 15",
    })
    void aRealChangeIsReportedSoon(double share, long nanosPerKey, double factor, long seconds) {
        int sessions = (int) (KEYS * share);
        var server = server(2, nanosPerKey, sessions, 1);
        var simulation = simulation(server, sessions);
        simulation.first();

        assertThat(NoiseBenchmark.followed(server, simulation, sessions, (int) (sessions * factor)))
                .hasValueSatisfying(time -> assertThat(time).isLessThan(Duration.ofSeconds(seconds)));
    }

    private static SimulatedServer server(long seed, long nanosPerKey, int sessions, int together) {
        var server = new SimulatedServer(new SplittableRandom(seed), KEYS, nanosPerKey);
        server.setSessions(sessions, together);
        return server;
    }

    private static NoiseSimulation simulation(SimulatedServer server, int sessions) {
        return new NoiseSimulation(server, (double) sessions / REPLICAS);
    }
}
