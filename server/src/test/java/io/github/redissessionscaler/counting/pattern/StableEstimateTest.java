package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StableEstimateTest {

    private final StableEstimate calm = new StableEstimate();

    @Test
    void holdsItsValueWhileTheSamplesAreOnlyNoisy() {
        var random = new Random(3);
        calm.update(1_000, 10, 1, Instant.EPOCH);

        for (int i = 0; i < 100_000; i++) {
            assertThat(calm.update(1_000 + 10 * random.nextGaussian(), 10, 1, Instant.EPOCH)
                            .value())
                    .isEqualTo(1_000);
        }
    }

    @Test
    void followsWhatContradictsIt() {
        calm.update(1_000, 10, 1, Instant.EPOCH);

        assertThat(calm.update(1_080, 10, 1, Instant.EPOCH).value()).isEqualTo(1_000);
        assertThat(calm.update(1_090, 10, 1, Instant.EPOCH).value()).isEqualTo(1_090);
        assertThat(calm.update(1_000, 10, 1, Instant.EPOCH).value()).isEqualTo(1_000);
    }

    /** A few matching keys are not distributed as many are: 16 of them and none differ less than 4 standard errors say. */
    @Test
    void goesByTheLikelihoodWhereFewKeysMatch() {
        calm.update(16, Math.sqrt(17), 1, Instant.EPOCH);

        assertThat(calm.update(0, 1, 1, Instant.EPOCH).value()).isEqualTo(16);
        assertThat(calm.update(60, Math.sqrt(61), 1, Instant.EPOCH).value()).isEqualTo(16);
        assertThat(calm.update(80, Math.sqrt(81), 1, Instant.EPOCH).value()).isEqualTo(80);
        assertThat(calm.update(20, Math.sqrt(21), 1, Instant.EPOCH).value()).isEqualTo(20);
        assertThat(calm.update(0, 0.1, 1, Instant.EPOCH).value()).isZero();
    }

    /** An empty database has no sessions for certain. */
    @Test
    void takesTheFirstEstimateBeforeAndAfterAnExactZero() {
        calm.update(1_000, 10, 1, Instant.EPOCH);

        assertThat(calm.update(0, 0, 1, Instant.EPOCH).value()).isZero();
        assertThat(calm.update(0, 0, 2, Instant.EPOCH).value()).isZero();
        assertThat(calm.update(500, 25, 2, Instant.EPOCH).value()).isEqualTo(500);
        assertThat(calm.update(500, 25, 3, Instant.EPOCH).value()).isEqualTo(500);
    }

    @Test
    void doesNotStayZeroWhereFewKeysMatch() {
        calm.update(0, 0, 1, Instant.EPOCH);

        assertThat(calm.update(3, 2, 1, Instant.EPOCH).value()).isEqualTo(3);
    }

    /** So that a replica of the scaler that was started later reports the same. */
    @Test
    void takesTheFirstEstimateOfEachMinuteWhateverItHeldBefore() {
        var other = new StableEstimate();
        calm.update(1_000, 10, 1, Instant.EPOCH);
        other.update(980, 11, 1, Instant.EPOCH);

        double value = calm.update(1_009, 9, 2, Instant.EPOCH).value();

        assertThat(value).isBetween(1_000.0, 1_018.0);
        assertThat(other.update(1_009, 9, 2, Instant.EPOCH).value()).isEqualTo(value);
        assertThat(calm.update(1_020, 9, 2, Instant.EPOCH).value()).isEqualTo(value);
    }

    @Test
    void roundsThatSoThatAConstantNumberHasFewValues() {
        var random = new Random(5);
        Set<Double> values = new HashSet<>();
        for (int minute = 0; minute < 1_000; minute++) {
            values.add(calm.update(10_000 + 10 * random.nextGaussian(), 10, minute, Instant.EPOCH)
                    .value());
        }

        assertThat(values).hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void takesAnEstimateThatIsMuchBetter() {
        calm.update(1_000, 40, 1, Instant.EPOCH);

        assertThat(calm.update(1_010, 25, 1, Instant.EPOCH).value()).isEqualTo(1_000);
        assertThat(calm.update(1_010, 20, 1, Instant.EPOCH).value()).isEqualTo(1_010);
    }

    @Test
    void isNotMadeBetterThanPrecise() {
        calm.update(1_000, 10, 1, Instant.EPOCH);

        assertThat(calm.update(1_010, 1, 1, Instant.EPOCH).value()).isEqualTo(1_000);
    }

    /** The fewer keys happen to match, the smaller is the standard error. */
    @Test
    void doesNotTakeALowEstimateForABetterOne() {
        calm.update(400, Math.sqrt(401), 1, Instant.EPOCH);

        assertThat(calm.update(330, Math.sqrt(331), 1, Instant.EPOCH).value()).isEqualTo(400);
    }

    @Test
    void ownsUpToTheDistanceFromTheNewestEstimate() {
        calm.update(1_000, 10, 1, Instant.EPOCH);

        assertThat(calm.update(1_024, 10, 1, Instant.EPOCH).standardError()).isEqualTo(26);
    }
}
