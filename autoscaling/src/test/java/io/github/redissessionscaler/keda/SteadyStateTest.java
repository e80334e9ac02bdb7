package io.github.redissessionscaler.keda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.hpa.DecisionReason;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where replicas come to rest, worked out by hand. Targets are 100, a sync comes every 15 s. */
final class SteadyStateTest {

    @ParameterizedTest
    @CsvSource({
        // value, active, current, min, max, then replicas, seconds, reason
        "100, true, 1, 1, 100, 1, 0, METRIC",
        "101, true, 1, 1, 100, 1, 0, TOLERATED",
        "111, true, 1, 1, 100, 2, 0, METRIC",
        "400, true, 1, 1, 100, 4, 0, METRIC",
        "2100, true, 1, 1, 100, 21, 45, METRIC",
        "1700, true, 1, 1, 100, 17, 45, METRIC",
        "0, true, 1, 1, 100, 1, 0, MINIMUM",
        "0, false, 1, 1, 100, 1, 0, MINIMUM",
        "0, false, 1, 0, 100, 0, 0, COOLED_DOWN",
        "0, false, 0, 0, 100, 0, 0, ZERO",
        "0, true, 0, 0, 100, 1, 0, MINIMUM",
        "250, true, 0, 0, 100, 3, 0, METRIC",
        "2500, true, 10, 1, 20, 20, 0, MAXIMUM",
        "100, true, 5, 2, 20, 2, 315, MINIMUM",
        "300, true, 5, 2, 20, 3, 315, METRIC",
    })
    void theReplicasComeToRest(
            double value,
            boolean active,
            long current,
            long minimum,
            long maximum,
            long replicas,
            long seconds,
            DecisionReason reason) {
        SteadyState outlook = SteadyState.of(
                ScaledObject.DEFAULT.between(minimum, maximum),
                new ScalerResponse.MetricValues(value, 100, active),
                current);

        assertThat(outlook).isEqualTo(new SteadyState(replicas, Duration.ofSeconds(seconds), reason));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "7, 7"})
    void anErrorLeavesThemAlone(long current, long replicas) {
        assertThat(SteadyState.of(ScaledObject.DEFAULT.between(1, 100), new ScalerResponse.Failure(100), current)
                        .replicas())
                .isEqualTo(replicas);
    }
}
