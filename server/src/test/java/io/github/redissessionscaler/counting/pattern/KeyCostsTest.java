package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.redissessionscaler.trigger.KeyRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyCostsTest {

    private final KeyFilter byName = KeyFilter.of(exact("sess:*"));
    private final KeyFilter byTtl =
            new KeyFilter(byName.patterns(), byName.excludes(), List.of(new KeyRule.MinTtl(Duration.ofMinutes(1))));

    @Test
    void whatOtherPatternsReadIsNoCostOfAPatternThatReadsNothing() {
        KeyCosts costs = learned(KeyCosts.measured(5_000_000, 4_500_000, 1_000), 50);

        assertThat(costs.of(byName)).isCloseTo(500, within(1.0));
        assertThat(costs.of(byTtl)).isCloseTo(5_000, within(1.0));
    }

    @Test
    void aMomentInWhichRedisIsBusyChangesLittle() {
        KeyCosts costs = learned(KeyCosts.measured(500_000, 0, 1_000), 50);

        KeyCosts after = costs.with(KeyCosts.measured(3_000_000_000L, 0, 1_000));

        assertThat(after.of(byName)).isBetween(500.0, 1_000.0);
        assertThat(after.with(KeyCosts.measured(0, 0, 0))).isEqualTo(after);
    }

    private static KeyCosts learned(KeyCosts measured, int times) {
        KeyCosts costs = KeyCosts.TYPICAL;
        for (int i = 0; i < times; i++) {
            costs = costs.with(measured);
        }
        return costs;
    }
}
