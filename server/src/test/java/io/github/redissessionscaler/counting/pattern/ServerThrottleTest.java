package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ServerThrottleTest {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private double share = 0.1;
    private long now = Long.MAX_VALUE - SECOND; // so that the clock overflows, as it may
    private final ServerThrottle throttle = new ServerThrottle(() -> share, now);

    @Test
    void theFirstPageIsDueAtOnce() {
        assertThat(throttle.pause(now)).isZero();
    }

    @Test
    void pagesTakeTheShareOfTheTimeExactlyThoughThreadsWakeLateAndKeysTakeTime() {
        long start = now;
        long pages = 1_000;
        for (long i = 0; i < pages; i++) {
            now += throttle.pause(now) + i % 3 * MILLISECOND / 10; // woken late
            now += MILLISECOND / 2; // the page
            throttle.spent(MILLISECOND / 2, now);
            now += MILLISECOND / 4; // its keys
        }

        assertThat(now + throttle.pause(now) - start).isEqualTo(pages * 5 * MILLISECOND);
    }

    @Test
    void aLongStallSavesNoMoreThanAPageOrTwo() {
        now += SECOND;
        int atOnce = 0;
        while (throttle.pause(now) == 0) {
            now += MILLISECOND / 2;
            throttle.spent(MILLISECOND / 2, now);
            atOnce++;
        }

        assertThat(atOnce).isBetween(1, 4);
        assertThat(throttle.pause(now)).isLessThanOrEqualTo(5 * MILLISECOND);
    }

    @Test
    void theWholeTimeOfTheServerHasNoPause() {
        share = 1;
        for (int i = 0; i < 10; i++) {
            now += 50 * MILLISECOND;
            throttle.spent(50 * MILLISECOND, now);
            assertThat(throttle.pause(now)).isZero();
        }
    }

    @Test
    void aSmallerShareCountsFromTheNextPageOn() {
        now += MILLISECOND;
        throttle.spent(MILLISECOND, now);
        now += throttle.pause(now);
        share = 0.05;
        now += MILLISECOND;
        throttle.spent(MILLISECOND, now);

        assertThat(throttle.pause(now)).isEqualTo(19 * MILLISECOND);
    }

    @Test
    void noPauseAfterOnePageIsLongerThanTenSeconds() {
        now += 5 * SECOND;
        throttle.spent(5 * SECOND, now);

        assertThat(throttle.pause(now)).isEqualTo(10 * SECOND);
    }
}
