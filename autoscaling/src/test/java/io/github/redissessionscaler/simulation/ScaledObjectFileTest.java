package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.hpa.Behavior;
import io.github.redissessionscaler.hpa.ScalingPolicy;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.hpa.Tolerance;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.keda.Fallback;
import io.github.redissessionscaler.keda.ScaledObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScaledObjectFileTest {

    private static final String EVERYTHING = """
        apiVersion: v1
        kind: Service
        metadata: {name: shop}
        ---
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: shop}
        spec:
          scaleTargetRef: {name: shop}
          minReplicaCount: 2
          maxReplicaCount: 30
          idleReplicaCount: 0
          pollingInterval: 10
          cooldownPeriod: 60
          initialCooldownPeriod: 20
          fallback: {failureThreshold: 3, replicas: 6, behavior: currentReplicasIfHigher}
          advanced:
            restoreToOriginalReplicaCount: true
            scalingModifiers: {formula: shop * 2}
            horizontalPodAutoscalerConfig:
              name: shop
              behavior:
                scaleUp:
                  tolerance: "0.05"
                  stabilizationWindowSeconds: 30
                  selectPolicy: Min
                  policies:
                    - {type: Pods, value: 4, periodSeconds: 15}
                    - {type: Percent, value: 50, periodSeconds: 60}
                scaleDown:
                  stabilizationWindowSeconds: 120
          triggers:
            - type: cpu
              metadata: {value: "70"}
            - type: external-push
              metricType: AverageValue
              useCachedMetrics: true
              metadata:
                scalerAddress: scaler:6000
                sessionSizeFromEnv: SIZE
                wholeReplicas: "true"
        """;

    @Test
    void readsEverythingThatIsSimulated() {
        Scenario setup = read(EVERYTHING).settings().read("all");

        assertThat(setup.scaledObject())
                .isEqualTo(new ScaledObject(
                        2,
                        30,
                        OptionalLong.of(0),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(20),
                        Optional.of(new Fallback(3, 6, Fallback.FallbackBehavior.CURRENT_REPLICAS_IF_HIGHER)),
                        true,
                        new Tolerance(0.05, 0.1),
                        new Behavior.Specified(
                                new ScalingRules(
                                        Duration.ofSeconds(30),
                                        ScalingRules.Select.MIN,
                                        List.of(
                                                new ScalingPolicy.Pods(4, Duration.ofSeconds(15)),
                                                new ScalingPolicy.Percent(50, Duration.ofMinutes(1)))),
                                new ScalingRules(
                                        Duration.ofSeconds(120),
                                        ScalingRules.DOWN.select(),
                                        ScalingRules.DOWN.policies()))));
        assertThat(setup.trigger().wholeReplicas()).isTrue();
        assertThat(setup.target()).isEqualTo(100);
        assertThat(setup.pushes()).isTrue();
    }

    @Test
    void listsWhatIsNotSimulated() {
        assertThat(read(EVERYTHING).ignored())
                .containsExactly(
                        "spec.advanced.scalingModifiers.formula",
                        "spec.triggers[0], of type cpu",
                        "spec.triggers[1].metadata.sessionSizeFromEnv, which names a variable of the application");
    }

    @Test
    void annotationsOfKedaAreNotSimulated() {
        assertThat(read("""
            kind: ScaledObject
            metadata:
              annotations:
                autoscaling.keda.sh/paused: "true"
                autoscaling.keda.sh/paused-replicas: "2"
                team: shop
            spec: {triggers: [{type: external, metadata: {}}]}
            """).ignored())
                .containsExactly(
                        "metadata.annotations.autoscaling.keda.sh/paused",
                        "metadata.annotations.autoscaling.keda.sh/paused-replicas");
    }

    @Test
    void findsTheOnlyScaledObjectOfAList() {
        String list = """
            kind: List
            items:
              - {kind: Service}
              - {kind: ScaledObject, spec: {triggers: [{type: external, metadata: {sessionSize: "7"}}]}}
            """;

        assertThat(target(list, "session_size")).isEqualTo(7);
    }

    @Test
    void assumesWhatKedaDoesOfOneThatSaysNothing() {
        Scenario setup = read("{kind: ScaledObject, spec: {triggers: [{type: external, metadata: {}}]}}")
                .settings()
                .read("nothing");

        assertThat(setup.scaledObject()).isEqualTo(ScaledObject.DEFAULT);
        assertThat(setup.pushes()).isFalse();
    }

    @Test
    void takesTheTriggerThatIsMeant() {
        String several = """
            kind: ScaledObject
            spec:
              triggers:
                - {type: external, metadata: {sessionSize: "7"}}
                - {type: external, metadata: {sessionSize: "8", metricName: other}}
            """;

        assertThat(target(several, "session_size")).isEqualTo(7);
        assertThat(target(several, "other")).isEqualTo(8);
        assertThatThrownBy(() -> read(several)).hasMessageContaining("--trigger METRIC: session_size, other");
        assertThatThrownBy(() -> target(several, "third")).hasMessageContaining("with metricName 'third'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: Deployment | has 0 ScaledObjects",
                "'{kind: ScaledObject, spec: {}}' | no trigger of type external",
                "'{kind: ScaledObject, spec: {triggers: [{type: external, metricType: Value}]}}' |"
                        + " triggers[0].metricType is 'Value'",
                "'a: b: c' | the file is not YAML at line 1, column 5: a second colon in a value; put the value in"
                        + " quotes",
                "'{kind: ScaledObject, kind: x}' | the file has the key kind twice at line 1, column 22; keep one of"
                        + " them",
                "'just text' | has 0 ScaledObjects",
                "'{items: [{kind: ScaledObject}, {kind: ScaledObject}]}' | has 2 ScaledObjects",
                "'{kind: ScaledObject, spec: {triggers: [{type: external, metadata: {minReplicaCount: 3}}]}}' |"
                        + " spec.triggers[0].metadata.minReplicaCount: is no key of the trigger's metadata; move it to"
                        + " spec.minReplicaCount",
                "'{kind: ScaledObject, spec: {triggers: [{type: external, metadata: {scaleUp.tolerance: 0}}]}}' |"
                        + " move it to spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.tolerance",
                "'{kind: ScaledObject, spec: {triggers: [{type: external, metadata: {type: external}}]}}' |"
                        + " move it to spec.triggers[0].type",
                "'{kind: ScaledObject, spec: {triggers: [{type: external, metadata: {tolerance: 0}}]}}' |"
                        + " move it to simulate --set tolerance=",
            })
    void refusesWhatItCannotUse(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> ScaledObjectFile.trigger(yaml, Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private static double target(String yaml, String metric) {
        return ScaledObjectFile.read(yaml, Optional.of(metric))
                .settings()
                .read("")
                .target();
    }

    private static ScaledObjectFile.ParsedFile read(String yaml) {
        return ScaledObjectFile.read(yaml, Optional.empty());
    }

    @Test
    void aTriggerComesWithTheWholeSpecOfItsScaledObject() {
        ScaledObjectFile.FileTrigger trigger = ScaledObjectFile.trigger(EVERYTHING, Optional.empty());
        ScaledObjectFile.ParsedFile content = read(EVERYTHING);

        assertThat(trigger.scaledObject()).isEqualTo(content.settings().read("").scaledObject());
        assertThat(trigger.metadata())
                .containsExactlyInAnyOrderEntriesOf(Map.of("scalerAddress", "scaler:6000", "wholeReplicas", "true"));
        assertThat(trigger.ignored()).isEqualTo(content.ignored());
        assertThat(ScaledObjectFile.trigger(withSpec(""), Optional.empty()).scaledObject())
                .isEqualTo(ScaledObject.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "minReplicaCount: two | minReplicaCount: 'two' is not",
                "maxReplicaCount: -1 | maxReplicaCount: '-1' is not",
                "maxReplicaCount: 0 | maxReplicaCount: '0' is not",
                "minReplicaCount: 101 | minReplicaCount: 101 is more than maxReplicaCount, which is 100",
                "cooldownPeriod: soon | cooldownPeriod: 'soon' is not",
                "idleReplicaCount: 0 | idleReplicaCount: must be less than minReplicaCount, which is 0",
            })
    void fieldsThatKedaWouldRefuse(String field, String message) {
        assertThatThrownBy(() -> ScaledObjectFile.trigger(withSpec(field), Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private static String withSpec(String line) {
        return """
            kind: ScaledObject
            spec:
              %s
              triggers: [{type: external, metadata: {}}]
            """.formatted(line);
    }
}
