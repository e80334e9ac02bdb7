package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The status page and its API, over HTTP. */
final class StatusPageTest {

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @Test
    void aTriggerIsToldWithEverythingThatIsKnown() {
        jedis.mset("a", "1", "b", "2", "c", "3");
        Map<String, String> metadata = Map.of("sessionSize", "2", "headroom", "50%");
        await().untilAsserted(() -> {
            assertThat(scaler.metric(metadata)).isEqualTo(4.5);
            assertThat(scaler.isActive(metadata)).isTrue();
        });

        JsonObject trigger = trigger("");

        assertThat(text(trigger, "namespace")).isEqualTo("shop");
        assertThat(text(trigger, "name")).isEqualTo("web");
        assertThat(text(trigger, "trigger")).matches("[0-9a-f]{8}");
        assertThat(text(trigger, "condition")).isEqualTo("fine");
        assertThat(text(trigger, "counts")).isEqualTo("all keys");
        assertThat(text(trigger, "method")).isEqualTo("index");
        assertThat(text(trigger, "headroom")).isEqualTo("50%");
        assertThat(text(trigger, "activeWhile")).isEqualTo("Redis answers");
        assertThat(trigger.get("sessions").getAsDouble()).isEqualTo(3);
        assertThat(trigger.get("value").getAsDouble()).isEqualTo(4.5);
        assertThat(trigger.get("target").getAsDouble()).isEqualTo(2);
        assertThat(trigger.get("instances").getAsLong()).isEqualTo(3);
        assertThat(trigger.get("instancesPresumed").getAsBoolean()).isTrue();
        assertThat(trigger.get("capacity").getAsDouble()).isEqualTo(6);
        assertThat(trigger.get("active").getAsBoolean()).isTrue();
        assertThat(text(trigger, "verdict")).startsWith("3 instances are right.");
    }

    @Test
    void anOutageIsToldWithWhatIsAnswered() {
        jedis.set("a", "1");
        Map<String, String> hold = Map.of("onUnavailable", "hold", "holdFor", "1h");
        await().untilAsserted(() -> assertThat(scaler.metric(hold)).isEqualTo(1));
        redis.kill();
        scaler.metric(hold);

        JsonObject trigger = trigger("");

        assertThat(text(trigger, "condition")).isEqualTo("outage");
        JsonObject outage = trigger.getAsJsonObject("outage");
        assertThat(text(outage, "reason")).isEqualTo("UNREACHABLE");
        assertThat(text(outage, "answer")).contains("known last until that is 1h old");
        assertThat(outage.get("seconds").getAsDouble()).isNotNegative();
        assertThat(trigger.get("sessions").getAsDouble()).isEqualTo(1);
    }

    @Test
    void whatWasRecordedIsReadAsCsv() {
        jedis.mset("a", "1", "b", "2");
        await().untilAsserted(() -> assertThat(scaler.metric(Map.of())).isEqualTo(2));

        HttpResponse<String> csv = scaler.get("/api/history.csv?namespace=shop&name=web");

        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(csv.body()).matches("time,sessions\\n(?s:.*)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ,2\\n");
    }

    private JsonObject trigger(String query) {
        HttpResponse<String> response = scaler.get("/api/status?" + query);
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonParser.parseString(response.body())
                .getAsJsonObject()
                .getAsJsonArray("triggers")
                .get(0)
                .getAsJsonObject();
    }

    private static String text(JsonObject json, String name) {
        return json.get(name).getAsString();
    }
}
