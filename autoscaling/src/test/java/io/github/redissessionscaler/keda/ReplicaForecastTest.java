package io.github.redissessionscaler.keda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the page says about the HPA's arithmetic. */
final class ReplicaForecastTest {

    @ParameterizedTest
    @CsvSource({
        "100, 1, 111",
        "100, 2, 221",
        "100, 10, 1101",
        "0.5, 1, 1", // 1 session needs 2
        "2.5, 3, 9", // 8.25 are tolerated
        "100000000, 1000, 110000000001"
    })
    void theSessionsThatLeaveTheCurrentReplicas(double target, long current, long sessions) {
        assertThat(ReplicaForecast.of(0, target, current)
                        .thresholds(value -> value)
                        .moreAt())
                .hasValue(sessions);
    }

    @Test
    void oneSessionTooManyIsEnoughWhereWholeReplicasAreReported() {
        ReplicaForecast forecast = ReplicaForecast.of(100, 100, 1);

        assertThat(forecast.thresholds(ReplicaForecastTest::whole).moreAt()).hasValue(101);
    }

    @ParameterizedTest
    @CsvSource({"10, 1101", "15, 1601", "20, 2201"})
    void fromTenReplicasOnEvenWholeReplicasMeetTheTolerance(long replicas, long moreAt) {
        SessionThresholds thresholds =
                ReplicaForecast.of(100.0 * (double) replicas, 100, replicas).thresholds(ReplicaForecastTest::whole);

        assertThat(thresholds.moreAt()).hasValue(moreAt);
    }

    @Test
    void headroomIsReckonedIn() {
        assertThat(ReplicaForecast.of(50, 100, 1)
                        .thresholds(sessions -> sessions + 20)
                        .moreAt())
                .hasValue(91);
    }

    @Test
    void numbersBeyondAllReasonHaveNoThreshold() {
        ReplicaForecast forecast = ReplicaForecast.of(1, 1e12, 2000);

        assertThat(forecast.thresholds(sessions -> sessions).moreAt()).isEmpty();
    }

    /** Every number of replicas that anybody is shown, by the rules that each applies. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        # value, active, current, min, max | needed, wanted, within the limits, settled
        0    | true  | 1  | 1 | 100 | 0  | 1  | 1  | 1
        0    | true  | 3  | 2 | 100 | 0  | 1  | 2  | 2
        0    | false | 3  | 0 | 100 | 0  | 1  | 0  | 0
        100  | true  | 1  | 1 | 100 | 1  | 1  | 1  | 1
        105  | true  | 1  | 1 | 100 | 2  | 1  | 2  | 1
        111  | true  | 1  | 1 | 100 | 2  | 2  | 2  | 2
        195  | true  | 2  | 1 | 100 | 2  | 2  | 2  | 2
        1050 | true  | 10 | 1 | 100 | 11 | 10 | 11 | 10
        1101 | true  | 10 | 1 | 100 | 12 | 12 | 12 | 12
        995  | true  | 11 | 1 | 100 | 10 | 11 | 10 | 11
        250  | true  | 0  | 0 | 100 | 3  | 3  | 3  | 3
        2500 | true  | 10 | 1 | 20  | 25 | 25 | 20 | 20
        """)
    void theRulesThatEachNumberApplies(
            double value,
            boolean active,
            long current,
            long minimum,
            long maximum,
            long needed,
            long wanted,
            long withinLimits,
            long settled) {
        var forecast = new ReplicaForecast(
                ScaledObject.DEFAULT.between(minimum, maximum),
                new ScalerResponse.MetricValues(value, 100, active),
                current);

        assertThat(forecast.needed()).hasValue(needed);
        assertThat(forecast.wanted()).isEqualTo(wanted);
        assertThat(forecast.neededWithinLimits()).isEqualTo(withinLimits);
        assertThat(forecast.settled().replicas()).isEqualTo(settled);
    }

    @Test
    void anErrorLeavesTheReplicasAndNeedsNone() {
        var forecast = new ReplicaForecast(ScaledObject.DEFAULT.between(2, 100), new ScalerResponse.Failure(100), 7);

        assertThat(forecast.needed()).isEmpty();
        assertThat(forecast.wanted()).isEqualTo(7);
        assertThat(forecast.neededWithinLimits()).isEqualTo(2);
        assertThat(forecast.settled().replicas()).isEqualTo(7);
    }

    private static double whole(long sessions) {
        return 100.0 * (double) Math.ceilDiv(sessions, 100);
    }
}
