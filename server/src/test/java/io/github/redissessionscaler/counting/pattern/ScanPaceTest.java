package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ScanPaceTest {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private double share = 0.1;
    private long now = Long.MAX_VALUE - SECOND; // so that the clock overflows, as it may
    private final ScanPace pace = new ScanPace(() -> share, now);

    @Test
    void theFirstPageIsDueAtOnce() {
        assertThat(pace.pause(now)).isZero();
    }

    @Test
    void pagesTakeTheShareOfTheTimeExactlyThoughThreadsWakeLateAndKeysTakeTime() {
        long start = now;
        long pages = 1_000;
        for (long i = 0; i < pages; i++) {
            now += pace.pause(now) + i % 3 * MILLISECOND / 10; // woken late
            now += MILLISECOND / 2; // the page
            pace.spent(MILLISECOND / 2, now);
            now += MILLISECOND / 4; // its keys
        }

        assertThat(now + pace.pause(now) - start).isEqualTo(pages * 5 * MILLISECOND);
    }

    @Test
    void aLongStallSavesNoMoreThanAPageOrTwo() {
        now += SECOND;
        int atOnce = 0;
        while (pace.pause(now) == 0) {
            now += MILLISECOND / 2;
            pace.spent(MILLISECOND / 2, now);
            atOnce++;
        }

        assertThat(atOnce).isBetween(1, 4);
        assertThat(pace.pause(now)).isLessThanOrEqualTo(5 * MILLISECOND);
    }

    @Test
    void theWholeTimeOfTheServerHasNoPause() {
        share = 1;
        for (int i = 0; i < 10; i++) {
            now += 50 * MILLISECOND;
            pace.spent(50 * MILLISECOND, now);
            assertThat(pace.pause(now)).isZero();
        }
    }

    @Test
    void aSmallerShareCountsFromTheNextPageOn() {
        now += MILLISECOND;
        pace.spent(MILLISECOND, now);
        now += pace.pause(now);
        share = 0.05;
        now += MILLISECOND;
        pace.spent(MILLISECOND, now);

        assertThat(pace.pause(now)).isEqualTo(19 * MILLISECOND);
    }

    @Test
    void noPauseAfterOnePageIsLongerThanTenSeconds() {
        now += 5 * SECOND;
        pace.spent(5 * SECOND, now);

        assertThat(pace.pause(now)).isEqualTo(10 * SECOND);
    }
}
