package io.github.redissessionscaler.benchmarks.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.benchmarks.noise.AgreementSimulation.Difference;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two replicas of the scaler report the same number, as docs/counting.md says. */
final class AgreementTest {

    private static final int KEYS = 1_000_000;
    private static final double SHARE = 0.1;

    /** Until samples of before the start of the second one are used no more. */
    private static final Duration START = Duration.ofMinutes(10);

    @ParameterizedTest
    @CsvSource({"0, 0, 0.002, 0.01", "0, 100, 0.002, 0.01", "0.3, 0, 0.002, 0.01", "0.3, 100, 0.005, 0.03"})
    void replicasThatWereStartedTenMinutesApartReportTheSame(
            double percentAMinute, long skewMillis, double mean, double largest) {
        var server = new SimulatedServer(new SplittableRandom(skewMillis + 1), KEYS, 125);
        var simulation = new AgreementSimulation(
                server,
                time -> (int) (KEYS * SHARE * (1 + percentAMinute / 100 * time.toMinutes())),
                Duration.ofMinutes(10),
                Duration.ofMillis(skewMillis));
        simulation.pass(START);

        Difference difference = simulation.during(Duration.ofMinutes(20));

        assertThat(difference.mean()).as("mean").isLessThan(mean);
        assertThat(difference.largest()).as("largest").isLessThan(largest);
    }
}
