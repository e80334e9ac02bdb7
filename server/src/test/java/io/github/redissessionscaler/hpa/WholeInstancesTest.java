package io.github.redissessionscaler.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WholeInstancesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 100, 0",
        "1, 100, 100",
        "100, 100, 100",
        "100.0004, 100, 100", // less than a thousandth more is nothing to the HPA
        "100.001, 100, 200",
        "101, 100, 200",
        "250, 100, 300",
        "0.3, 0.1, 0.30000000000000004", // three instances and not four
        "0.31, 0.1, 0.4",
        "5, 2.5, 5",
        "5.001, 2.5, 7.5"
    })
    void roundsUpToWholeInstances(double sessions, double target, double rounded) {
        assertThat(WholeInstances.roundUp(sessions, target)).isEqualTo(rounded);
    }
}
