package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TriggerCacheTest {

    private final List<TriggerRef> admitted = new ArrayList<>();
    private boolean full;
    private final TriggerCache triggers = new TriggerCache(this::admit);

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
        assertThat(first).isEqualTo(new TriggerCache(_ -> {}).of(request(back)).trigger());
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

        full = true;
        assertThatThrownBy(() -> of(metadata)).isInstanceOf(LimitReachedException.class);
        full = false;
        Trigger first = of(metadata);
        Trigger second = of(metadata);

        assertThat(second).isSameAs(first);
        assertThat(admitted).containsExactly(new TriggerRef("shop", "web", first));
    }

    private void admit(TriggerRef ref) {
        if (full) {
            throw new LimitReachedException("full");
        }
        admitted.add(ref);
    }

    private Trigger of(Map<String, String> metadata) {
        return triggers.of(request(metadata)).trigger();
    }

    private static ScaledObjectRef request(Map<String, String> metadata) {
        return ScaledObjectRef.newBuilder()
                .setNamespace("shop")
                .setName("web")
                .putAllScalerMetadata(metadata)
                .build();
    }
}
