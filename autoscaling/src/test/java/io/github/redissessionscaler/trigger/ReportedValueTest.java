package io.github.redissessionscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the HPA's formula, the reported value gives the replicas that the current target requires. */
final class ReportedValueTest {

    @ParameterizedTest
    @CsvSource({
        "0, 100, 0",
        "1, 100, 100",
        "100, 100, 100",
        "100.0004, 100, 100", // less than a thousandth more is nothing to the HPA
        "100.001, 100, 200",
        "101, 100, 200",
        "250, 100, 300",
        "0.3, 0.1, 0.30000000000000004", // three replicas and not four
        "0.31, 0.1, 0.4",
        "5, 2.5, 5",
        "5.001, 2.5, 7.5"
    })
    void roundsUpToWholeReplicas(double sessions, double target, double rounded) {
        assertThat(ReportedValue.ofWholeReplicas(sessions, target, target)).isEqualTo(rounded);
    }

    @ParameterizedTest
    @CsvSource({
        // sessions, current target, target of the metric, value
        "400, 1000, 100, 100",
        "1001, 1000, 100, 200",
        "400, 40, 100, 1000",
        "401, 40, 100, 1100",
        "7, 2.5, 100, 300",
        "0.3, 0.1, 100, 300",
        "3, 100, 33.333, 33.333"
    })
    void wholeReplicasAreMultiplesOfTheTargetOfTheMetric(
            double sessions, double current, double metricTarget, double value) {
        assertThat(ReportedValue.ofWholeReplicas(sessions, current, metricTarget))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "400, 1000, 100, 40",
        "400, 40, 100, 1000",
        "110.00000000000001, 100, 1000, 1100",
        "300, 100, 3, 9",
        "1, 3, 100, 33.334", // up: 33.333 would be enough here, but not where the target of the metric is small
        "250, 100, 0.001, 0.003", // three replicas and not two
        "200, 100, 0.001, 0.002",
        "0, 30, 100, 0"
    })
    void otherwiseTheSessionsAreScaled(double sessions, double current, double metricTarget, double value) {
        assertThat(ReportedValue.of(sessions, current, metricTarget)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 101, 110.00000000000001, 1.0 / 3, 1e15})
    void sessionsStayAsTheyAreWhereBothTargetsAreTheSame(double sessions) {
        assertThat(ReportedValue.of(sessions, 100, 100)).isEqualTo(sessions);
        assertThat(ReportedValue.of(sessions, 33.3334, 33.333)).isEqualTo(sessions);
    }

    @Test
    void theHpaGetsTheReplicasThatTheCurrentTargetGives() {
        double[] targets = {0.001, 0.3, 1, 2.5, 3, 7, 33.333, 60, 99, 100, 128, 1000, 12_345.678};
        for (double metricTarget : targets) {
            for (double current : targets) {
                for (long sessions = 0; sessions <= 1000; sessions++) {
                    BigDecimal exact =
                            BigDecimal.valueOf(sessions).divide(BigDecimal.valueOf(current), 0, RoundingMode.CEILING);
                    double scaled = ReportedValue.of((double) sessions, current, metricTarget);
                    double whole = ReportedValue.ofWholeReplicas((double) sessions, current, metricTarget);

                    assertThat(hpaNeeds(scaled, metricTarget)).isEqualTo(exact.longValueExact());
                    assertThat(hpaNeeds(whole, metricTarget)).isEqualTo(exact.longValueExact());
                }
            }
        }
    }

    @Test
    void reportsNothingLargerThanTheHpaCanStore() {
        assertThat(ReportedValue.of(1e15, 0.001, 1e12)).isEqualTo(ReportedValue.LARGEST);
        assertThat(ReportedValue.ofWholeReplicas(1e15, 0.001, 1e12)).isEqualTo(ReportedValue.LARGEST);
        assertThat(ReportedValue.LARGEST * 1000).isLessThan((double) Long.MAX_VALUE);
    }

    /** As KEDA passes the numbers, in thousandths, and the HPA divides them. */
    private static long hpaNeeds(double value, double target) {
        return Math.ceilDiv(Math.round(value * 1000), Math.round(target * 1000));
    }
}
