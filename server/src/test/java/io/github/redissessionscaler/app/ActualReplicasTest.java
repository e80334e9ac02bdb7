package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.proto.ActualReplicas;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.testing.KubernetesApi;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** What the Kubernetes API says, on the page, in the metrics and for check. */
final class ActualReplicasTest {

    private static final Map<String, String> TRIGGER = Map.of("sessionSize", "2");

    private static final String HPA = """
        {"metadata": {"ownerReferences": [{"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "uid": "u"}]},
         "spec": {"minReplicas": 1, "maxReplicas": 3}, "status": {"currentReplicas": 2, "desiredReplicas": 3}}
        """;

    @TempDir
    private Path directory;

    private KubernetesApi api;
    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() throws IOException {
        api = KubernetesApi.start();
        redis = RedisServer.start();
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), api.kubeconfig());
        scaler = RunningScaler.with(Map.of(
                "REDIS_ADDRESS", redis.address(),
                "KUBERNETES_WATCH", "true",
                "KUBERNETES_CONFIG_FILE", kubeconfig.toString()));
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
        api.close();
    }

    @Test
    void allShowTheSame() {
        fill(9);
        api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", HPA);
        api.put(KubernetesApi.SCALED_OBJECTS, "shop", "web", """
            {"metadata": {"annotations": {"autoscaling.keda.sh/paused-scale-in": "true"}},
             "spec": {"triggers": [{"type": "external"}, {"type": "cpu"}], "fallback": {"replicas": 2}},
             "status": {"hpaName": "keda-hpa-web",
                        "conditions": [{"type": "Fallback", "status": "True", "reason": "x", "message": "y"}]}}
            """);
        assertThat(scaler.metric(TRIGGER)).isEqualTo(9);
        await().untilAsserted(() -> assertThat(status().getAsJsonArray("kubernetes"))
                .extracting(one -> one.getAsJsonObject().get("state").getAsString())
                .containsExactly("up", "up"));

        JsonObject trigger = trigger();
        assertThat(trigger.get("condition").getAsString()).isEqualTo("above_max");
        assertThat(trigger.get("replicas").getAsInt()).isEqualTo(2);
        assertThat(trigger.get("replicasPresumed").getAsBoolean()).isFalse();
        assertThat(trigger.get("wantedReplicas").getAsInt()).isEqualTo(5);
        assertThat(trigger.getAsJsonArray("chain"))
                .extracting(JsonElement::getAsString)
                .containsExactly(
                        "9 sessions",
                        "reported 9",
                        "÷ 2 = 4.5",
                        "5 needed",
                        "maximum 3",
                        "scaling in is paused",
                        "KEDA uses the fallback",
                        "the HPA scales out from 2 to 3");
        JsonObject hpa = trigger.getAsJsonObject("kubernetes").getAsJsonObject("hpa");
        assertThat(List.of(
                        hpa.get("currentReplicas").getAsInt(),
                        hpa.get("desiredReplicas").getAsInt(),
                        hpa.get("minReplicas").getAsInt(),
                        hpa.get("maxReplicas").getAsInt()))
                .containsExactly(2, 3, 1, 3);
        String scrape = scaler.scrape();
        assertThat(metric(scrape, "current_replicas")).isEqualTo("2.0");
        assertThat(metric(scrape, "desired_replicas")).isEqualTo("3.0");
        assertThat(metric(scrape, "min_replicas")).isEqualTo("1.0");
        assertThat(metric(scrape, "max_replicas")).isEqualTo("3.0");
        assertThat(metric(scrape, "above_max")).isEqualTo("1.0");
        assertThat(metric(scrape, "paused")).isEqualTo("1.0");
        assertThat(metric(scrape, "fallback")).isEqualTo("1.0");
        assertThat(scrape).contains("redis_session_scaler_kubernetes_up{resource=\"horizontalpodautoscalers\"} 1.0");
        ActualReplicas explained = ExplainerGrpc.newBlockingStub(scaler.channel())
                .explain(RunningScaler.ref(TRIGGER))
                .getReplicas();
        assertThat(List.of(explained.getCurrent(), explained.getDesired(), explained.getMin(), explained.getMax()))
                .containsExactly(2, 3, 1, 3);
        assertThat(explained.getRemarksList())
                .containsExactly(
                        "Scaling in is paused by an annotation of the ScaledObject.",
                        "KEDA uses the fallback of the ScaledObject, 2 replicas, because a trigger fails.");
    }

    @Test
    void noStepBeyondTheMaximumIsAnnounced() {
        fill(9);
        api.put(
                KubernetesApi.HPAS,
                "shop",
                "keda-hpa-web",
                HPA.replace("\"currentReplicas\": 2", "\"currentReplicas\": 3"));
        assertThat(scaler.metric(TRIGGER)).isEqualTo(9);

        await().untilAsserted(() ->
                assertThat(trigger().get("condition").getAsString()).isEqualTo("above_max"));

        assertThat(trigger().getAsJsonArray("chain"))
                .extracting(JsonElement::getAsString)
                .contains("maximum 3", "stays at 3");
        assertThat(trigger().has("next")).isFalse();
    }

    @Test
    void theMinimumInAnOutageIsThatOfTheHpa() {
        fill(5);
        api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", HPA.replace("\"minReplicas\": 1", "\"minReplicas\": 2"));
        assertThat(scaler.metric(TRIGGER)).isEqualTo(5);
        await().untilAsserted(() ->
                assertThat(trigger().get("replicasPresumed").getAsBoolean()).isFalse());

        redis.kill();

        await().untilAsserted(() -> {
            assertThat(scaler.metric(TRIGGER)).isZero();
            assertThat(trigger().getAsJsonArray("chain"))
                    .extracting(JsonElement::getAsString)
                    .anyMatch(step -> step.contains("minReplicaCount") && step.endsWith("(it is 2)"));
        });
    }

    @Test
    void aTriggerOfAFormulaIsNotAboveTheMaximum() {
        fill(9);
        api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", HPA);
        api.put(KubernetesApi.SCALED_OBJECTS, "shop", "web", """
            {"spec": {"triggers": [{"type": "external"}, {"type": "cpu"}],
                      "advanced": {"scalingModifiers": {"formula": "min(a, b)"}}},
             "status": {"hpaName": "keda-hpa-web"}}
            """);
        assertThat(scaler.metric(TRIGGER)).isEqualTo(9);

        await().untilAsserted(() -> assertThat(trigger().getAsJsonArray("chain"))
                .extracting(JsonElement::getAsString)
                .contains("a formula combines it with other triggers"));

        assertThat(trigger().get("condition").getAsString()).isNotEqualTo("above_max");
        assertThat(trigger().has("next")).isFalse();
        assertThat(metric(scaler.scrape(), "above_max")).isEqualTo("none");
        assertThat(metric(scaler.scrape(), "max_replicas")).isEqualTo("3.0");
    }

    @Test
    void anApiThatRefusesChangesNoAnswerAndIsNamed() {
        fill(9);
        api.deny(KubernetesApi.HPAS);
        api.deny(KubernetesApi.SCALED_OBJECTS);

        assertThat(scaler.metric(TRIGGER)).isEqualTo(9);
        assertThat(scaler.isActive(TRIGGER)).isTrue();
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_kubernetes_up{resource=\"horizontalpodautoscalers\"} 0.0"));
        await().untilAsserted(() ->
                assertThat(status().getAsJsonArray("kubernetes").toString()).contains("not allowed (403)"));
        assertThat(trigger().get("replicasPresumed").getAsBoolean()).isTrue();
        assertThat(trigger().has("kubernetes")).isFalse();
        assertThat(scaler.scrape()).doesNotContain("scaledobject_current_replicas{");
    }

    private void fill(int sessions) {
        try (Jedis jedis = redis.connect()) {
            for (int i = 0; i < sessions; i++) {
                jedis.set("session:" + i, "x");
            }
        }
    }

    private JsonObject status() {
        return JsonParser.parseString(scaler.get("/api/status").body()).getAsJsonObject();
    }

    private JsonObject trigger() {
        return status().getAsJsonArray("triggers").get(0).getAsJsonObject();
    }

    private static String metric(String scrape, String name) {
        return scrape.lines()
                .filter(line -> line.startsWith("redis_session_scaler_scaledobject_" + name
                        + "{scaledobject=\"web\",scaledobject_namespace=\"shop\"}"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }
}
