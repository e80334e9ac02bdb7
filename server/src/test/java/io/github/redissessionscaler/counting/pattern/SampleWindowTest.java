package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SampleWindowTest {

    private static final int KEYS = 512;

    private final SampleWindow window = new SampleWindow();
    private final Random random = new Random(11);
    private Instant now = Instant.EPOCH;

    @Test
    void hasAnErrorEvenWhenNoKeyMatched() {
        draw(10, 0);

        assertThat(window.share().value()).isZero();
        assertThat(Math.sqrt(window.share().variance())).isBetween(1e-5, 1e-3);
    }

    @Test
    void hasALargerErrorWhenTheKeysOfASampleAreAlike() {
        for (int i = 0; i < 40; i++) {
            window.add(next(), KEYS, MatchSum.of(i % 2 == 0 ? KEYS : 0));
        }

        assertThat(Math.sqrt(window.share().variance())).isCloseTo(0.5 / Math.sqrt(40), within(0.02));
    }

    @Test
    void keepsItsSamplesWhileNothingChanges() {
        int shortest = Integer.MAX_VALUE;
        draw(100, 0.6);
        for (int i = 0; i < 500; i++) {
            draw(1, 0.6);
            shortest = Math.min(shortest, window.size());
        }

        assertThat(shortest).isGreaterThan(15);
        assertThat(window.share().value()).isCloseTo(0.6, within(0.02));
    }

    @Test
    void forgetsWhatIsOlderThanItsLongest() {
        draw(50, 0.6);
        now = now.plus(SampleWindow.LONGEST).plusSeconds(1);
        draw(50, 0.6);

        assertThat(window.size()).isLessThanOrEqualTo(50);
    }

    @Test
    void followsASuddenChangeWithinSeconds() {
        draw(120, 0.6);
        draw(8, 0.75);

        assertThat(window.share().value()).isCloseTo(0.75, within(0.05));
    }

    @Test
    void noticesThatNoKeyMatchesAnyMore() {
        draw(400, 0.01);
        draw(12, 0);

        assertThat(window.share().value()).isZero();
    }

    /** Fewer old samples are kept, not less of their time. */
    @Test
    void keepsSomeMinutesWhereFewKeysMatchInABoundedNumberOfSamples() {
        draw(5_000, 0.001);

        assertThat(window.size()).isLessThanOrEqualTo(256);
        assertThat(Math.sqrt(window.share().variance())).isCloseTo(Math.sqrt(0.001 / KEYS / 1_800), within(0.000_005));
    }

    /** Keys that come together make samples differ, which is no change. */
    @Test
    void keepsItsSamplesWhereTheKeysOfASampleAreAlike() {
        int shortest = Integer.MAX_VALUE;
        for (int i = 0; i < 2_000; i++) {
            long matching = random.doubles(KEYS / 64).filter(run -> run < 0.1).count() * 64;
            window.add(next(), KEYS, MatchSum.of(matching));
            shortest = i < 100 ? shortest : Math.min(shortest, window.size());
        }

        assertThat(shortest).isGreaterThan(50);
    }

    @Test
    void followsAShareThatRisesForAMinute() {
        draw(120, 0.6);
        for (int i = 0; i < 120; i++) {
            draw(1, 0.6 + 0.15 * i / 120);
        }

        assertThat(window.share().value()).isCloseTo(0.75, within(0.05));
    }

    private void draw(int samples, double share) {
        for (int i = 0; i < samples; i++) {
            long matching = random.doubles(KEYS).filter(key -> key < share).count();
            window.add(next(), KEYS, MatchSum.of(matching));
        }
    }

    /** Samples are taken twice a second. */
    private Instant next() {
        now = now.plus(Duration.ofMillis(500));
        return now;
    }
}
