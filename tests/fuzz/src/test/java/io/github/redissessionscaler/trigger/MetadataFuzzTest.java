package io.github.redissessionscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.input.InvalidInputException;
import java.util.HashMap;
import java.util.Map;

/** The metadata of a trigger, as anybody may send it. */
class MetadataFuzzTest {

    private static final int MOST_KEYS = 12;
    private static final int LONGEST = 60;

    @FuzzTest
    void isATriggerOrHasProblems(FuzzedDataProvider data) {
        Map<String, String> metadata = new HashMap<>();
        for (int i = data.consumeInt(0, MOST_KEYS); i > 0; i--) {
            String key = data.consumeProbabilityDouble() < 0.9
                    ? data.pickValue(MetadataKey.values()).text()
                    : data.consumeString(LONGEST);
            metadata.put(key, data.consumeString(LONGEST));
        }
        MetricSpec metric = MetricSpec.of(metadata);
        assertThat(metric.target()).isBetween(Target.SMALLEST, Target.LARGEST);
        try {
            Trigger trigger = TriggerParser.parse(metadata);
            assertThat(TriggerParser.parse(metadata)).isEqualTo(trigger).hasToString(trigger.toString());
            assertThat(trigger.valueOf(1, 100)).isNotNegative().isFinite();
            assertThat(metric)
                    .isEqualTo(new MetricSpec(
                            trigger.metricName(), trigger.target().metricTarget()));
        } catch (InvalidInputException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]");
        }
    }
}
