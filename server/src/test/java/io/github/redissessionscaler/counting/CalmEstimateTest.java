package io.github.redissessionscaler.counting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CalmEstimateTest {

    private final CalmEstimate calm = new CalmEstimate();

    @Test
    void holdsItsValueWhileTheSamplesOnlyAreNoisy() {
        var random = new Random(3);
        Set<Double> reported = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            reported.add(calm.update(1_000 + 10 * random.nextGaussian(), 10, Instant.EPOCH)
                    .value());
        }

        assertThat(reported).hasSizeLessThan(100);
    }

    @Test
    void followsWhatContradictsIt() {
        calm.update(1_000, 10, Instant.EPOCH);

        assertThat(calm.update(1_029, 10, Instant.EPOCH).value()).isEqualTo(1_000);
        assertThat(calm.update(1_031, 10, Instant.EPOCH).value()).isEqualTo(1_031);
    }

    @Test
    void takesAnEstimateThatIsMuchBetter() {
        calm.update(1_000, 20, Instant.EPOCH);

        assertThat(calm.update(1_010, 19, Instant.EPOCH).value()).isEqualTo(1_000);
        assertThat(calm.update(1_010, 10, Instant.EPOCH).value()).isEqualTo(1_010);
    }

    @Test
    void ownsUpToTheDistanceFromTheNewestEstimate() {
        calm.update(1_000, 10, Instant.EPOCH);

        assertThat(calm.update(1_024, 10, Instant.EPOCH).standardError()).isEqualTo(26);
    }
}
