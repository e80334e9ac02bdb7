package io.github.redissessionscaler.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the page says about the HPA's arithmetic. */
final class HpaForecastTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10  | 1 | 1 replica is right. 111 are needed to leave 1 replica: the HPA tolerates 10 %.
        105 | 1 | 1 replica stays, though 2 would be needed. 111 are needed to leave 1 replica: the HPA tolerates 10 %.
        111 | 1 | The HPA scales out from 1 replica to 2.
        250 | 3 | 3 replicas are right. 331 are needed to leave 3 replicas: the HPA tolerates 10 %. On the way down, one less is wanted at 200 or fewer.
        195 | 2 | 2 replicas are right. 221 are needed to leave 2 replicas: the HPA tolerates 10 %. On the way down, one less is wanted at 100 or fewer.
        995 | 11 | 11 replicas stay, though 10 would do.
        100 | 3 | The HPA scales in from 3 replicas to 1, after its stabilization window, by default 5 minutes.
        0   | 1 | 1 replica is right.
        """)
    void theVerdictInWords(double value, long replicas, String expected) {
        assertThat(of(value, 100, replicas).inWords()).startsWith(expected);
    }

    @Test
    void oneSessionTooManyIsEnoughWhereWholeReplicasAreReported() {
        HpaForecast scaling = HpaForecast.of(sessions -> 100.0 * (double) Math.ceilDiv(sessions, 100), 100, 100, 1);

        assertThat(scaling.upAt()).hasValue(101);
        assertThat(scaling.inWords()).isEqualTo("1 replica is right. 101 are needed to leave 1 replica.");
    }

    @Test
    void fromTenReplicasOnEvenWholeReplicasMeetTheTolerance() {
        HpaForecast scaling = HpaForecast.of(sessions -> 100.0 * (double) Math.ceilDiv(sessions, 100), 1000, 100, 10);

        assertThat(scaling.upAt()).hasValue(1101);
        assertThat(scaling.tolerated()).isTrue();
    }

    @Test
    void headroomIsReckonedIn() {
        HpaForecast scaling = HpaForecast.of(sessions -> sessions + 20, 50, 100, 1);

        assertThat(scaling.upAt()).hasValue(91);
    }

    @Test
    void numbersBeyondAllReasonHaveNoThreshold() {
        HpaForecast scaling = of(1, 1e12, 2000);

        assertThat(scaling.upAt()).isEmpty();
        assertThat(scaling.inWords()).doesNotContain("needed to leave");
    }

    private static HpaForecast of(double value, double target, long replicas) {
        return HpaForecast.of(sessions -> sessions, value, target, replicas);
    }
}
