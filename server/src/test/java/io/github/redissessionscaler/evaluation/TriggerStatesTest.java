package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.history.History;
import io.github.redissessionscaler.history.Instances;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TriggerStatesTest {

    private Instant now = Instant.EPOCH;
    private final TriggerStates states =
            new TriggerStates(() -> 10, () -> 100, History.unrecorded(Instances.UNKNOWN), () -> now);

    @Test
    void whatNobodyAsksAboutIsForgottenByTheClock() {
        states.of(asked("deleted"));
        now = now.plus(Duration.ofMinutes(5));
        states.of(asked("kept"));

        now = Instant.EPOCH.plus(TriggerStates.FORGOTTEN_AFTER);
        states.forgetUnasked();
        assertThat(states.all()).hasSize(2);

        now = now.plusMillis(1);
        states.forgetUnasked();
        assertThat(states.all())
                .extracting(state -> state.asked().scaledObject())
                .containsExactly("kept");
        assertThat(states.weight()).isEqualTo(1);
    }

    private static Asked asked(String scaledObject) {
        return new Asked("shop", scaledObject, TriggerParser.parse(Map.of()));
    }
}
