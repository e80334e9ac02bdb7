package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParsedTriggersTest {

    private final ParsedTriggers triggers = new ParsedTriggers();

    @Test
    void parsesEqualMetadataOnceInWhateverOrderTheyCome() {
        Map<String, String> there = new LinkedHashMap<>();
        there.put("sessionSize", "100");
        there.put("keyPattern", "session:*");
        Map<String, String> back = new LinkedHashMap<>();
        back.put("keyPattern", "session:*");
        back.put("sessionSize", "100");

        Trigger first = triggers.of(there);

        assertThat(triggers.of(back)).isSameAs(first);
        assertThat(first).isEqualTo(new ParsedTriggers().of(back));
    }

    @Test
    void tellsMetadataApartWhoseKeysAndValuesReadTheSameInARow() {
        Trigger one = triggers.of(Map.of("keyPattern", "a", "excludePattern", "b"));
        Trigger other = triggers.of(Map.of("keyPattern", "aexcludePatternb"));
        Trigger withSize = triggers.of(Map.of("keyPattern", "a", "excludePattern", "b", "sessionSize", "7"));

        assertThat(one).isNotEqualTo(other);
        assertThat(withSize).isNotEqualTo(one);
    }

    @Test
    void doesNotRememberWhatIsLong() {
        Map<String, String> metadata = Map.of("keyPattern", "a".repeat(600));

        Trigger first = triggers.of(metadata);

        assertThat(triggers.of(metadata)).isEqualTo(first).isNotSameAs(first);
    }

    @Test
    void remembersNothingOfWhatIsWrong() {
        Map<String, String> metadata = Map.of("sessionSize", "abc");

        assertThatThrownBy(() -> triggers.of(metadata)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> triggers.of(metadata)).isInstanceOf(InvalidInputException.class);
    }
}
