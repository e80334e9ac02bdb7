package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.redissessionscaler.testing.CountedRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DistinctKeysTest {

    private final DistinctKeys distinct = new DistinctKeys();

    @Test
    void noKeyIsNone() {
        assertThat(distinct.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 5_000, 12_000, 300_000})
    void eachKeyCountsOnceHoweverOftenItIsAdded(int keys) {
        for (int i = 0; i < 3 * keys; i++) {
            distinct.add(RecentKeys.fingerprint(CountedRedis.key("sess:", i % keys)));
        }

        assertThat(distinct.count()).isCloseTo(keys, withinPercentage(6));
    }
}
