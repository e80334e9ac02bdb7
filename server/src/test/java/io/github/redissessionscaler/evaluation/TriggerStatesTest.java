package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TriggerStatesTest {

    private Instant now = Instant.EPOCH;
    private final TriggerStates states =
            new TriggerStates(() -> 10, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), () -> now);

    @Test
    void whatNobodyAsksAboutIsForgottenByTheClock() {
        states.of(ref("deleted"));
        now = now.plus(Duration.ofMinutes(5));
        states.of(ref("kept"));

        now = Instant.EPOCH.plus(TriggerStates.FORGOTTEN_AFTER);
        states.forgetUnused();
        assertThat(states.all()).hasSize(2);

        now = now.plusMillis(1);
        states.forgetUnused();
        assertThat(states.all()).extracting(state -> state.ref().scaledObject()).containsExactly("kept");
        assertThat(states.weight()).isEqualTo(1);
    }

    @Test
    void aDatabaseThatNobodyAsksAboutMakesRoomForAnother() {
        var wide =
                new TriggerStates(() -> 1_000, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), () -> now);
        for (int i = 0; i < TriggerStates.MOST_DATABASES; i++) {
            wide.of(ofDatabase(i));
        }
        assertThatThrownBy(() -> wide.of(ofDatabase(TriggerStates.MOST_DATABASES)))
                .isInstanceOf(LimitReachedException.class)
                .hasMessageContaining("128 databases");

        now = now.plus(Duration.ofMinutes(5));
        for (int i = 1; i < TriggerStates.MOST_DATABASES; i++) {
            wide.of(ofDatabase(i));
        }
        now = Instant.EPOCH.plus(TriggerStates.FORGOTTEN_AFTER).plusMillis(1);

        wide.of(ofDatabase(TriggerStates.MOST_DATABASES));
        assertThat(wide.all()).hasSize(TriggerStates.MOST_DATABASES);
        assertThatThrownBy(() -> wide.of(ofDatabase(0))).isInstanceOf(LimitReachedException.class);
    }

    private static TriggerRef ofDatabase(int index) {
        return new TriggerRef("shop", "web", TriggerParser.parse(Map.of("databaseIndex", String.valueOf(index))));
    }

    private static TriggerRef ref(String scaledObject) {
        return new TriggerRef("shop", scaledObject, TriggerParser.parse(Map.of()));
    }
}
