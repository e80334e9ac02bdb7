package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What is reported to KEDA while Redis is unavailable. The stub's deadline fails a test that gets no answer. */
final class OutageTest {

    private static final Map<String, String> HOLD = Map.of("onUnavailable", "hold", "holdFor", "1h");
    private static final Map<String, String> ERROR = Map.of("onUnavailable", "error");

    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address()));
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
    }

    @Test
    void aPausedRedisIsAnsweredForAndFoundAgain() {
        put("a", "b");
        await().untilAsserted(() -> {
            assertThat(scaler.metric(Map.of())).isEqualTo(2);
            assertThat(scaler.metric(HOLD)).isEqualTo(2);
            assertThat(scaler.isActive(HOLD)).isTrue();
        });

        redis.pause();

        assertThat(scaler.isActive(Map.of())).isFalse();
        assertThat(scaler.metric(Map.of())).isZero();
        assertThat(scaler.metric(HOLD)).isEqualTo(2);
        assertThat(scaler.isActive(HOLD)).isTrue();
        assertUnavailable();
        assertThat(scaler.metricSpec(Map.of()).getTargetSizeFloat()).isEqualTo(100);

        redis.resume();

        await().untilAsserted(() -> {
            assertThat(scaler.metric(Map.of())).isEqualTo(2);
            assertThat(scaler.isActive(Map.of())).isTrue();
        });
    }

    @Test
    void theTargetOutOfRedisStaysAsItWasWhileRedisDoesNotAnswer() {
        Map<String, String> metadata =
                Map.of("sessionSizeKey", "target", "sessionSize", "50", "onUnavailable", "hold", "holdFor", "1h");
        put("target", "a", "b", "c");
        try (Jedis jedis = redis.connect()) {
            jedis.set("target", "200");
        }
        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isEqualTo(1));

        redis.kill();

        assertThat(scaler.metric(metadata)).isEqualTo(1);
        assertThat(scaler.metricSpec(metadata).getTargetSizeFloat()).isEqualTo(50);

        redis.restart();
        put("a", "b", "c", "d");

        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isEqualTo(4));
    }

    @Test
    void aKilledRedisIsAnsweredForAndFoundAgain() {
        put("a", "b");
        await().untilAsserted(() -> assertThat(scaler.metric(Map.of())).isEqualTo(2));

        redis.kill();

        assertThat(scaler.isActive(Map.of())).isFalse();
        assertThat(scaler.metric(Map.of())).isZero();
        assertUnavailable();

        redis.restart();
        put("c");

        await().untilAsserted(() -> assertThat(scaler.metric(Map.of())).isEqualTo(1));
    }

    @Test
    void aRedisThatIsNotThereAtTheStartIsFoundLater() {
        redis.kill();
        try (var early = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address()))) {
            assertThat(early.isActive(Map.of())).isFalse();
            assertThat(early.metric(HOLD)).isZero();

            redis.restart();
            put("a");

            await().untilAsserted(() -> assertThat(early.metric(Map.of())).isEqualTo(1));
        }
    }

    /** Two scalers must not differ by the factor between a target that one of them has read and the default of the other. */
    @Test
    void aTargetThatWasNeverReadIsNotMadeUp() {
        var loading = new AtomicBoolean(true);
        try (var fake = ScriptedRedis.answering(command -> switch (command.getFirst()) {
                    case "DBSIZE" -> ":400\r\n".getBytes(UTF_8);
                    case "GET" -> (loading.get() ? "-LOADING soon\r\n" : "$4\r\n1000\r\n").getBytes(UTF_8);
                    default -> "+OK\r\n".getBytes(UTF_8);
                });
                var fresh = RunningScaler.with(Map.of("REDIS_URL", "redis://127.0.0.1:" + fake.port()))) {
            Map<String, String> metadata = Map.of("sessionSizeKey", "target");
            StatusRuntimeException failure =
                    catchThrowableOfType(StatusRuntimeException.class, () -> fresh.metric(metadata));
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(failure.getStatus().getDescription()).contains("LOADING");
            assertThat(fresh.get("/api/status").body())
                    .contains(
                            "\"condition\":\"warning\"", "it was never read, so UNAVAILABLE is reported as the value");

            loading.set(false);
            assertThat(fresh.metric(metadata)).isEqualTo(40);

            loading.set(true);
            assertThat(fresh.metric(metadata)).isEqualTo(40);
        }
    }

    private void assertUnavailable() {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> scaler.metric(ERROR));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.getStatus().getDescription()).isNotBlank();
    }

    private void put(String... keys) {
        try (Jedis jedis = redis.connect()) {
            for (String key : keys) {
                jedis.set(key, "x");
            }
        }
    }
}
