package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TriggerCacheTest {

    private final TriggerCache triggers = new TriggerCache();

    @Test
    void parsesEqualMetadataOnceInWhateverOrderTheyCome() {
        Map<String, String> there = new LinkedHashMap<>();
        there.put("sessionSize", "100");
        there.put("keyPattern", "session:*");
        Map<String, String> back = new LinkedHashMap<>();
        back.put("keyPattern", "session:*");
        back.put("sessionSize", "100");

        Trigger first = of(there);

        assertThat(of(back)).isSameAs(first);
        assertThat(first).isEqualTo(new TriggerCache().of(back, _ -> {}));
    }

    @Test
    void distinguishesMetadataWhoseKeysAndValuesJoinToTheSameText() {
        Trigger one = of(Map.of("keyPattern", "a", "excludePattern", "b"));
        Trigger other = of(Map.of("keyPattern", "aexcludePatternb"));
        Trigger withSize = of(Map.of("keyPattern", "a", "excludePattern", "b", "sessionSize", "7"));

        assertThat(one).isNotEqualTo(other);
        assertThat(withSize).isNotEqualTo(one);
    }

    @Test
    void theAddressOfTheScalerMakesNoDifference() {
        Trigger one = of(Map.of("keyPattern", "a", "scalerAddress", "scaler.keda:6000"));

        assertThat(of(Map.of("keyPattern", "a", "scalerAddress", "scaler:6000")))
                .isSameAs(one);
        assertThat(of(Map.of("keyPattern", "a"))).isSameAs(one);
    }

    @Test
    void doesNotRememberWhatIsLong() {
        Map<String, String> metadata = Map.of("keyPattern", "a".repeat(600));

        Trigger first = of(metadata);

        assertThat(of(metadata)).isEqualTo(first).isNotSameAs(first);
    }

    @Test
    void remembersNothingOfWhatIsWrong() {
        Map<String, String> metadata = Map.of("sessionSize", "abc");

        assertThatThrownBy(() -> of(metadata)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> of(metadata)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void remembersNothingThatIsRefused() {
        Map<String, String> metadata = Map.of("sessionSize", "100");

        assertThatThrownBy(() -> triggers.of(metadata, _ -> {
                    throw new LimitReachedException("full");
                }))
                .isInstanceOf(LimitReachedException.class);
        List<Trigger> admitted = new ArrayList<>();
        Trigger first = triggers.of(metadata, admitted::add);
        Trigger second = triggers.of(metadata, admitted::add);

        assertThat(second).isSameAs(first);
        assertThat(admitted).containsExactly(first);
    }

    private Trigger of(Map<String, String> metadata) {
        return triggers.of(metadata, _ -> {});
    }
}
