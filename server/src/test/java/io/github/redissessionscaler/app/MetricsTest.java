package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What Prometheus reads. */
final class MetricsTest {

    private static final String LABELS = ".*scaledobject=\"web\",scaledobject_namespace=\"shop\".*";

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
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
    void aTriggerHasItsNumbers() {
        jedis.mset("a", "1", "b", "2", "c", "3");
        scaler.metric(Map.of("sessionSize", "2"));
        scaler.isActive(Map.of("sessionSize", "2"));

        assertThat(trigger("sessions")).isEqualTo("3.0");
        assertThat(trigger("target")).isEqualTo("2.0");
        assertThat(trigger("wanted_instances")).isEqualTo("2.0");
        assertThat(trigger("active")).isEqualTo("1.0");
        assertThat(trigger("outage_seconds")).isEqualTo("0.0");
        assertThat(trigger("sessions_standard_error")).isEqualTo("0.0");
        assertThat(Double.parseDouble(trigger("sessions_age_seconds"))).isBetween(0.0, 60.0);
    }

    @Test
    void callsAreCountedByTheirCode() {
        scaler.metric(Map.of());
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> scaler.metric(Map.of("sessionSize", "0"))))
                .isNotNull();

        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_rpc_seconds_count{code=\"OK\",method=\"GetMetrics\"} 1")
                .contains("redis_session_scaler_rpc_seconds_count{code=\"INVALID_ARGUMENT\",method=\"GetMetrics\"} 1"));
    }

    @Test
    void anOutageIsSeen() {
        scaler.isActive(Map.of());
        redis.kill();
        scaler.isActive(Map.of());

        assertThat(scaler.scrape()).containsPattern("redis_reads_seconds_count\\{.*outcome=\"UNREACHABLE\"");
        assertThat(trigger("active")).isEqualTo("0.0");
    }

    @Test
    void whetherEventsComeIsSeen() {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(Map.of()), stream);
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_streams 1.0")
                .contains("redis_session_scaler_push_databases_polled 1.0"));

        await().untilAsserted(() -> {
            jedis.set("a", "1");
            assertThat(scaler.scrape()).contains("redis_session_scaler_push_databases_events 1.0");
        });
    }

    private String trigger(String name) {
        return scaler.scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_trigger_" + name + "{") && line.matches(LABELS))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .collect(Collectors.joining(","));
    }
}
