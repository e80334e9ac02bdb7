package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.counting.Count.Method.ESTIMATE;
import static io.github.redissessionscaler.counting.Count.Method.EXACT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Accuracy;
import org.junit.jupiter.api.Test;

final class MethodChoiceTest {

    /** With a refresh of 10 s and 2 µs a key, 50,000 keys are cheap. */
    private static final double NANOS_PER_KEY = 2_000;

    private final MethodChoice choice = new MethodChoice(CountingOptions.DEFAULT);

    @Test
    void countsExactlyWhatIsCheap() {
        assertThat(choice.choose(Accuracy.AUTO, 50_000, NANOS_PER_KEY)).isEqualTo(EXACT);
        assertThat(choice.choose(Accuracy.AUTO, 50_001, NANOS_PER_KEY)).isEqualTo(ESTIMATE);
        assertThat(choice.choose(Accuracy.AUTO, 50_000, 2 * NANOS_PER_KEY)).isEqualTo(ESTIMATE);
    }

    @Test
    void doesNotJumpBetweenMethodsAroundTheLimit() {
        Method method = choice.choose(Accuracy.AUTO, 40_000, NANOS_PER_KEY);
        int changes = 0;
        for (long keys : new long[] {60_000, 45_000, 99_000, 51_000, 101_000, 60_000, 90_000, 51_000, 49_000, 80_000}) {
            Method next = choice.choose(Accuracy.AUTO, keys, NANOS_PER_KEY, method);
            changes += next == method ? 0 : 1;
            method = next;
        }

        assertThat(changes).as("up at 101,000, down at 49,000").isEqualTo(2);
        assertThat(method).isEqualTo(EXACT);
    }

    @Test
    void followsAccuracyForManyKeys() {
        assertThat(choice.choose(Accuracy.EXACT, 100_000_000, NANOS_PER_KEY)).isEqualTo(EXACT);
        assertThat(choice.choose(Accuracy.ESTIMATE, 20_000, NANOS_PER_KEY)).isEqualTo(ESTIMATE);
    }

    @Test
    void visitsAllOfAFewKeys() {
        assertThat(choice.choose(Accuracy.ESTIMATE, MethodChoice.FEW_KEYS, NANOS_PER_KEY))
                .isEqualTo(EXACT);
        assertThat(choice.choose(Accuracy.ESTIMATE, MethodChoice.FEW_KEYS + 1, NANOS_PER_KEY, EXACT))
                .isEqualTo(EXACT);
        assertThat(choice.choose(Accuracy.ESTIMATE, MethodChoice.FEW_KEYS + 1, NANOS_PER_KEY, ESTIMATE))
                .isEqualTo(ESTIMATE);
    }
}
