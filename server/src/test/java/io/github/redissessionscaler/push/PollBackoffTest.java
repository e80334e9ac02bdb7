package io.github.redissessionscaler.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PollBackoffTest {

    private static final Duration MIN = Duration.ofMillis(500);
    private static final Duration MAX = Duration.ofSeconds(5);

    private final PollBackoff pace = new PollBackoff(MIN, MAX);

    @Test
    void withoutEventsQuietMakesPollsRarerAndAChangeMakesThemFrequent() {
        assertThat(pace.interval()).isEqualTo(MIN);

        pace.roundEnded(false, false);
        assertThat(pace.interval()).isEqualTo(MIN.multipliedBy(2));

        for (int i = 0; i < 10; i++) {
            pace.roundEnded(false, false);
        }
        assertThat(pace.interval()).isEqualTo(MAX);

        pace.roundEnded(false, true);
        assertThat(pace.interval()).isEqualTo(MIN);
        assertThat(pace.mode()).isEqualTo(PollBackoff.Mode.POLL);
    }

    @Test
    void withEventsPollsAreRare() {
        pace.eventCame();

        assertThat(pace.mode()).isEqualTo(PollBackoff.Mode.EVENTS);
        assertThat(pace.interval()).isEqualTo(MAX);
    }

    @Test
    void aChangeThatEventsAnnouncedKeepsThem() {
        pace.eventCame();

        pace.roundEnded(true, true);

        assertThat(pace.mode()).isEqualTo(PollBackoff.Mode.EVENTS);
    }

    @Test
    void aChangeThatNoEventAnnouncedEndsTheTrustInThem() {
        pace.eventCame();

        pace.roundEnded(false, true);

        assertThat(pace.mode()).isEqualTo(PollBackoff.Mode.POLL);
        assertThat(pace.interval()).isEqualTo(MIN);
    }

    @Test
    void anInterruptionHasEventsSeenAnew() {
        pace.eventCame();

        pace.interrupted();

        assertThat(pace.mode()).isEqualTo(PollBackoff.Mode.POLL);
        assertThat(pace.interval()).isEqualTo(MIN);
    }
}
