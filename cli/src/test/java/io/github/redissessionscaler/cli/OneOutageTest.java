package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** The JSON of the status page, {@code check} and the metrics say the same before, during and after an outage. */
final class OneOutageTest {

    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        try (Jedis client = redis.connect()) {
            IntStream.range(0, 520)
                    .forEach(i -> client.set(
                            "session:" + i, "x", SetParams.setParams().ex(1800)));
        }
        scaler = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address()));
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimum", "hold", "error"})
    void everyoneSaysTheSame(String policy) {
        Map<String, String> metadata = new HashMap<>(Map.of("onUnavailable", policy));
        if (policy.equals("hold")) {
            metadata.put("holdFor", "1h");
        }
        countedAgain(metadata);

        redis.killSaved();
        switch (policy) {
            case "minimum" -> minimum(metadata);
            case "hold" -> held(metadata);
            default -> error(metadata);
        }
        assertThat(trigger().get("sessions").getAsInt()).isEqualTo(520);
        assertThat(trigger().getAsJsonObject("outage").get("reason").getAsString())
                .isEqualTo("UNREACHABLE");
        assertThat(trigger().keySet()).doesNotContain("moreReplicasAt", "fewerReplicasAt");
        assertThat(status().get("problems").getAsInt()).isEqualTo(1);
        assertThat(connection().get("state").getAsString()).isEqualTo("down");
        assertThat(scaler.scrape()).contains("redis_session_scaler_redis_up{connection=\"default\"} 0");
        CommandRun check = checked(metadata);
        assertThat(check.status()).isEqualTo(1);
        assertThat(check.out() + check.err()).contains("cannot be reached");

        redis.restart();
        await().ignoreExceptions().until(() -> scaler.metric(metadata) == 520);
        countedAgain(metadata);
    }

    private void countedAgain(Map<String, String> metadata) {
        assertThat(scaler.metric(metadata)).isEqualTo(520);
        assertThat(scaler.isActive(metadata)).isTrue();
        JsonObject trigger = trigger();
        assertThat(trigger.get("condition").getAsString()).isEqualTo("fine");
        assertThat(trigger.has("outage")).isFalse();
        assertThat(trigger.get("active").getAsBoolean()).isTrue();
        assertThat(trigger.get("replicas").getAsInt()).isEqualTo(6);
        assertThat(trigger.get("wantedReplicas").getAsInt()).isEqualTo(6);
        assertThat(chain())
                .startsWith("520 sessions", "reported 520")
                .contains(
                        "6 needed",
                        "stays at ≈ 6",
                        "scales out at 661 sessions or more, in at 500 or fewer (after 5 min)");
        assertThat(status().get("problems").getAsInt()).isZero();
        assertThat(connection().get("state").getAsString()).isEqualTo("up");
        assertThat(gauge("value")).isEqualTo(520);
        assertThat(gauge("wanted_replicas")).isEqualTo(6);
        assertThat(gauge("outage_seconds")).isZero();
        assertThat(scaler.scrape())
                .contains("redis_session_scaler_redis_up{connection=\"default\"} 1")
                .doesNotContain("redis_session_scaler_trigger_outage{");
        JsonObject check = check(metadata);
        assertThat(check.get("value").getAsInt()).isEqualTo(520);
        assertThat(check.get("neededReplicas").getAsInt()).isEqualTo(6);
        assertThat(check.get("outage").getAsString()).isEmpty();
    }

    private void minimum(Map<String, String> metadata) {
        assertThat(scaler.metric(metadata)).isZero();
        assertThat(scaler.isActive(metadata)).isFalse();
        inState("minimum", "minimum");
        assertThat(trigger().get("value").getAsInt()).isZero();
        assertThat(trigger().get("active").getAsBoolean()).isFalse();
        assertThat(trigger().get("replicas").getAsInt()).isEqualTo(6);
        assertThat(trigger().getAsJsonObject("scaleIn").get("replicas").getAsInt())
                .isEqualTo(1);
        assertThat(gauge("value")).isZero();
        assertThat(gauge("active")).isZero();
        JsonObject check = check(metadata);
        assertThat(check.get("value").getAsInt()).isZero();
        assertThat(check.get("active").getAsBoolean()).isFalse();
        assertThat(chain().getFirst()).isEqualTo("onUnavailable: minimum");
        assertThat(chain()).contains("inactive and 0 reported", "≈ 6 now: the HPA waits for its window of 5 min");
        assertThat(chain().getLast()).isEqualTo("scales out again when Redis gives a count");
        JsonObject now = trigger();
        assertThat(next(now)).startsWith("scales in to minReplicaCount in ");
        assertThat(chain(now)).anyMatch(step -> step.startsWith(next(now) + " (assumed to be 1; it is 0 if not set)"));
    }

    private void held(Map<String, String> metadata) {
        assertThat(scaler.metric(metadata)).isEqualTo(520);
        assertThat(scaler.isActive(metadata)).isTrue();
        inState("held", "held");
        assertThat(trigger().get("value").getAsInt()).isEqualTo(520);
        assertThat(trigger().get("active").getAsBoolean()).isTrue();
        assertThat(trigger().get("replicas").getAsInt()).isEqualTo(6);
        assertThat(gauge("value")).isEqualTo(520);
        assertThat(gauge("active")).isEqualTo(1);
        JsonObject check = check(metadata);
        assertThat(check.get("value").getAsInt()).isEqualTo(520);
        assertThat(check.get("active").getAsBoolean()).isTrue();
        assertThat(chain().getFirst()).isEqualTo("onUnavailable: hold for 1h");
        assertThat(chain()).contains("reported 520", "6 needed", "stays at ≈ 6");
        JsonObject now = trigger();
        assertThat(next(now)).startsWith("reports 0 in 59 min");
        assertThat(chain(now)).contains(next(now) + ", unless Redis gives a count first");
        assertThat(chain())
                .anyMatch(step ->
                        step.matches("scales in to minReplicaCount in 1 h \\d min.*, 5 min later \\(assumed.*"));
    }

    private void error(Map<String, String> metadata) {
        assertThatThrownBy(() -> scaler.metric(metadata)).hasMessageContaining("UNAVAILABLE");
        assertThatThrownBy(() -> scaler.isActive(metadata)).hasMessageContaining("UNAVAILABLE");
        inState("error", "error");
        assertThat(trigger().keySet()).doesNotContain("active", "wantedReplicas", "neededReplicas");
        assertThat(scaler.scrape())
                .doesNotContain(
                        "redis_session_scaler_trigger_value{",
                        "redis_session_scaler_trigger_active{",
                        "redis_session_scaler_trigger_wanted_replicas{");
        assertThat(chain().getFirst()).isEqualTo("onUnavailable: error");
        assertThat(chain()).contains("an error is returned to KEDA", "until Redis gives a count");
        assertThat(next(trigger())).isEqualTo("until Redis gives a count");
    }

    /** In all places that name the state. */
    private void inState(String condition, String answer) {
        assertThat(trigger().get("condition").getAsString()).isEqualTo(condition);
        assertThat(status().getAsJsonObject("conditions").get(condition).getAsInt())
                .isEqualTo(1);
        assertThat(scaler.scrape().lines().filter(line -> line.startsWith("redis_session_scaler_trigger_outage{")))
                .singleElement()
                .asString()
                .contains("answer=\"" + answer + "\"")
                .contains("} 1");
        assertThat(chain()).noneMatch(step -> step.contains("scales out at"));
    }

    private static String next(JsonObject trigger) {
        return trigger.get("next").getAsString();
    }

    private List<String> chain() {
        return chain(trigger());
    }

    private static List<String> chain(JsonObject trigger) {
        return trigger.getAsJsonArray("chain").asList().stream()
                .map(step -> step.getAsString())
                .toList();
    }

    private JsonObject status() {
        return JsonParser.parseString(scaler.get("/api/status").body()).getAsJsonObject();
    }

    private JsonObject trigger() {
        return status().getAsJsonArray("triggers").get(0).getAsJsonObject();
    }

    private JsonObject connection() {
        return status().getAsJsonArray("connections").get(0).getAsJsonObject();
    }

    private double gauge(String name) {
        return scaler.scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_trigger_" + name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject check(Map<String, String> metadata) {
        return JsonParser.parseString(checked(metadata).out()).getAsJsonObject();
    }

    private CommandRun checked(Map<String, String> metadata) {
        return CommandRun.of(Stream.concat(
                        Stream.of(
                                "check",
                                "--output",
                                "json",
                                "--namespace",
                                "shop",
                                "--name",
                                "web",
                                "--scaler",
                                "127.0.0.1:" + scaler.scaler().grpcPort()),
                        metadata.entrySet().stream()
                                .flatMap(entry -> Stream.of("--metadata", entry.getKey() + "=" + entry.getValue())))
                .toArray(String[]::new));
    }
}
