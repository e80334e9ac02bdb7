package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.ScalingPolicy;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.keda.Fallback;
import io.github.redissessionscaler.keda.ScaledObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ScenarioSettingsTest {

    @Test
    void withoutSettingsEverythingIsAsKedaAndTheHpaHaveIt() {
        Scenario setup = ScenarioSettings.of(Map.of()).read("nothing");

        assertThat(setup.scaledObject()).isEqualTo(ScaledObject.DEFAULT);
        assertThat(setup.target()).isEqualTo(100);
        assertThat(setup.startup()).isZero();
        assertThat(setup.trigger().lookAhead()).isZero();
        assertThat(setup.outageGrace()).isZero();
        assertThat(setup.assumptions()).isEmpty();
    }

    @Test
    void theDocumentedDefaultsAreUsed() {
        Map<String, String> defaults = Arrays.stream(ScenarioKey.values())
                .filter(key -> !key.ofBehavior() && key.byDefault().isPresent())
                .collect(Collectors.toMap(
                        ScenarioKey::text, key -> key.byDefault().orElseThrow()));

        assertThat(ScenarioSettings.of(defaults).read(""))
                .isEqualTo(ScenarioSettings.of(Map.of()).read(""));

        var ofBehavior = new Behavior.Specified(ScalingRules.UP, ScalingRules.DOWN);
        for (ScenarioKey key : ScenarioKey.values()) {
            if (key.ofBehavior()) {
                String value = key.byDefault().orElse("0.1");
                assertThat(ScenarioSettings.of(Map.of(key.text(), value))
                                .read("")
                                .scaledObject()
                                .behavior())
                        .describedAs(key.text())
                        .isEqualTo(ofBehavior);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ScenarioKey.class)
    void everySettingRefusesWhatItIsNot(ScenarioKey key) {
        assertThatThrownBy(() ->
                        ScenarioSettings.of(Map.of(key.text(), "no such value")).read(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(key.text() + ": 'no such value' is not " + key.accepted());
    }

    @Test
    void readsPolicies() {
        Scenario setup = ScenarioSettings.of(Map.of("scaleUp.policies", "2/1m+ 10%/1m30s"))
                .with(ScenarioSettings.of(Map.of("scaleUp.selectPolicy", "Disabled")))
                .read("");

        assertThat(((Behavior.Specified) setup.scaledObject().behavior()).up())
                .isEqualTo(new ScalingRules(
                        Duration.ZERO,
                        ScalingRules.Select.DISABLED,
                        List.of(
                                new ScalingPolicy.Pods(2, Duration.ofMinutes(1)),
                                new ScalingPolicy.Percent(10, Duration.ofSeconds(90)))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "minReplicaCount=7, maxReplicaCount=3 | minReplicaCount: 7 is more than maxReplicaCount, which is 3",
                "minReplicaCount=2, idleReplicaCount=2 | idleReplicaCount: must be less than minReplicaCount, which is"
                        + " 2",
                "fallback.replicas=2 | fallback.failureThreshold: and fallback.replicas belong together",
                "fallback.failureThreshold=2 | belong together",
                "minReplicaCont=2 | minReplicaCont: is not a known setting; did you mean 'minReplicaCount'?",
                "sesionSize=2 | sesionSize: is not a known key; did you mean 'sessionSize'?",
                "scaleUp.stabilizationWindowSeconds=3601 | Seconds: '3601' is not a whole number of seconds from 0 to"
                        + " 3600",
                "scaleUp.policies=0/15s | policies: '0/15s' is not policies",
                "scaleUp.policies=1/31m | policies: '1/31m' is not policies",
                "lookAhead=5m1s | lookAhead: '5m1s' is not a duration such as 500ms, 90s, 30m or 1h30m, from 0s"
                        + " to 5m",
                "pollingInterval=0 | pollingInterval: '0' is not a whole number",
                "sessionSize=x, holdFor=1s, maxReplicaCount=0 | sessionSize: 'x' is not",
                "sessionSize=x, holdFor=1s, maxReplicaCount=0 | holdFor: requires onUnavailable: hold",
                "sessionSize=x, holdFor=1s, maxReplicaCount=0 | maxReplicaCount: '0' is not"
            })
    void reportsProblems(String settings, String message) {
        Map<String, String> given = Arrays.stream(settings.split(", ", -1))
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(sides -> sides[0], sides -> sides[1]));

        assertThatThrownBy(() -> ScenarioSettings.of(given).read(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void listsTheAssumptions() {
        Scenario setup = ScenarioSettings.of(
                        Map.of("sessionSizeKey", "size", "activeKey", "active", "sessionSize", "50"))
                .read("");

        assertThat(setup.target()).isEqualTo(50);
        assertThat(setup.assumptions())
                .containsExactly("sessionSizeKey is assumed to hold sessionSize.", "activeKey is assumed to hold 1.");
    }

    @Test
    void readsAFallback() {
        assertThat(ScenarioSettings.of(Map.of("fallback.failureThreshold", "3", "fallback.replicas", "6"))
                        .read("")
                        .scaledObject()
                        .fallback())
                .contains(new Fallback(3, 6, Fallback.FallbackBehavior.STATIC));
    }
}
