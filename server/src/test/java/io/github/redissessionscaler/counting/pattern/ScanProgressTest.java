package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ScanProgressTest {

    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    private static final Instant AFTER_FOUR_SECONDS = START.plusSeconds(4);

    @Test
    void theWholeScanTakesAsLongAsItsKeysSoFarSay() {
        assertThat(new ScanProgress(100_000, 1_000_000, START).wholeDuration(AFTER_FOUR_SECONDS))
                .contains(Duration.ofSeconds(40));
    }

    @Test
    void theBeginningSaysNothing() {
        assertThat(new ScanProgress(0, 1_000_000, START).wholeDuration(AFTER_FOUR_SECONDS))
                .isEmpty();
        assertThat(new ScanProgress(0, 0, START).wholeDuration(AFTER_FOUR_SECONDS))
                .isEmpty();
        assertThat(new ScanProgress(9_999, 1_000_000, START).wholeDuration(AFTER_FOUR_SECONDS))
                .isEmpty();
    }

    @Test
    void aScanOfMoreKeysThanThereWereTakesNoLessThanItHasTaken() {
        assertThat(new ScanProgress(2_000, 1_000, START).wholeDuration(AFTER_FOUR_SECONDS))
                .contains(Duration.ofSeconds(4));
    }
}
