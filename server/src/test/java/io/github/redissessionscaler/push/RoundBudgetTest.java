package io.github.redissessionscaler.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RoundBudgetTest {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RoundBudget budget = new RoundBudget(0);

    @Test
    void changesThatFollowOneAnotherAreRefreshedAtOnce() {
        for (int i = 1; i <= 10; i++) {
            assertThat(budget.pause(i * MILLISECOND)).isZero();
            budget.spend(MILLISECOND, i * MILLISECOND);
        }
        assertThat(budget.pause(10 * MILLISECOND)).isZero();
    }

    @Test
    void aStormTakesATenthOfTheTime() {
        assertThat(busy(2 * MILLISECOND, 60 * SECOND)).isBetween(6 * SECOND, 6 * SECOND + SECOND / 5);
    }

    @Test
    void shortRoundsAreLimitedToAHundredInASecond() {
        assertThat(busy(10_000, 60 * SECOND) / 10_000).isBetween(5_900L, 6_200L);
    }

    @Test
    void aLongRoundIsFollowedByASecondAtMost() {
        budget.spend(20 * SECOND, 20 * SECOND);

        assertThat(budget.pause(20 * SECOND)).isEqualTo(SECOND);
        assertThat(budget.pause(21 * SECOND + 10)).isZero();
    }

    @Test
    void aLongSilenceSavesNoMoreThanASecondDoes() {
        long now = 3600 * SECOND;
        budget.pause(now);
        budget.spend(100 * MILLISECOND, now);

        assertThat(budget.pause(now)).isZero();
        budget.spend(10 * MILLISECOND, now);
        assertThat(budget.pause(now)).isEqualTo(100 * MILLISECOND);
    }

    /** How long rounds of one length take together, when a change always waits. */
    private long busy(long round, long duration) {
        long now = 0;
        long busy = 0;
        while (now < duration) {
            now += budget.pause(now) + round;
            busy += round;
            budget.spend(round, now);
        }
        return busy;
    }
}
