package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Both RPCs say the same of a trigger, and what Redis does is the only thing that makes an outage. */
final class OnePictureTest {

    private static final Map<String, String> PATTERN = Map.of("keyPattern", "session:*");
    private static final Map<String, String> PATTERN_OF_INDEX = Map.of("keyPattern", "session:*", "databaseIndex", "0");

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void aCountFromMemoryIsNoAnswerOfRedis() {
        fill(3);
        try (var scaler = seldom("COUNT_SHARE", "10%")) {
            assertThat(scaler.metric(PATTERN)).isEqualTo(3);
            assertThat(scaler.isActive(PATTERN)).isTrue();

            redis.kill();
            assertThat(scaler.metric(PATTERN)).isZero();
            assertThat(scaler.isActive(PATTERN)).isFalse();

            redis.restart();
            fill(2);
            await().until(() -> scaler.isActive(PATTERN) && scaler.metric(PATTERN) > 0);
        }
    }

    @Test
    void aDatabaseThatIsNamedInTwoWaysIsScannedOnce() {
        fill(3);
        try (var scaler = seldom("COUNT_SHARE", "10%")) {
            assertThat(scaler.metric(PATTERN)).isEqualTo(3);

            assertThat(scaler.metric(PATTERN_OF_INDEX)).isEqualTo(3);

            assertThat(scaler.scrape())
                    .contains("redis_session_scaler_scan_seconds_count{connection=\"default\",outcome=\"OK\"} 1");
        }
    }

    @Test
    void theFirstAnswerIsRightHoweverSmallTheShareOfTheServersTime() {
        fill(8_000);
        try (var scaler = seldom("COUNT_SHARE", "0.1%")) {
            Map<String, String> strings = Map.of("keyPattern", "session:*", "keyType", "string");

            assertThat(scaler.metric(strings)).isEqualTo(8_000);
            assertThat(scaler.isActive(strings)).isTrue();
        }
    }

    @Test
    void aPatternThatComesDuringAScanIsEstimated() {
        fill(9_000);
        try (var scaler = seldom("COUNT_SHARE", "0.1%")) {
            assertThat(scaler.metric(PATTERN)).isBetween(8_000.0, 10_000.0);

            assertThat(scaler.metric(Map.of("keyPattern", "session:1*"))).isBetween(600.0, 1_800.0);
        }
    }

    @Test
    void aPatternIsRightAsSoonAsRedisAnswersAgain() {
        fill(300);
        try (var scaler = RunningScaler.with(
                Map.of("REDIS_ADDRESS", redis.address(), "COUNT_REFRESH", "100ms", "ANSWER_TIMEOUT", "500ms"))) {
            assertThat(scaler.metric(PATTERN)).isEqualTo(300);
            redis.pause();
            assertThat(scaler.metric(PATTERN)).isZero();
            await().untilAsserted(() -> assertThat(timeouts(scaler)).isGreaterThan(3));

            redis.resume();

            assertThat(scaler.metric(PATTERN)).isEqualTo(300);
            assertThat(scaler.isActive(PATTERN)).isTrue();
        }
    }

    @Test
    void aSumWithoutOneOfThreePrimariesIsNoAnswerOfEitherRpc() {
        try (var cluster = RedisCluster.startPartial(3);
                var client = cluster.connect();
                var scaler = RunningScaler.impatient(
                        Map.of("REDIS_URL", "redis-cluster://" + cluster.nodes().getFirst(), "COUNT_REFRESH", "1h"))) {
            cluster.keyOfEachPrimary(3).forEach(key -> client.set(key, "x"));
            Map<String, String> allKeys = Map.of();
            Map<String, String> pattern = Map.of("keyPattern", "queue:*");
            for (Map<String, String> metadata : List.of(allKeys, pattern)) {
                await().until(() -> scaler.metric(metadata) == 3 && scaler.isActive(metadata));
            }
            cluster.primary(1).pause();
            try {
                for (Map<String, String> metadata : List.of(allKeys, pattern)) {
                    Map<String, String> orError = new HashMap<>(metadata);
                    orError.put("onUnavailable", "error");
                    await().untilAsserted(() -> assertThat(scaler.metric(metadata))
                            .as("%s", metadata)
                            .isZero());
                    for (int i = 0; i < 3; i++) {
                        assertThat(scaler.isActive(metadata)).as("%s", metadata).isFalse();
                        assertThat(scaler.metric(metadata)).as("%s", metadata).isZero();
                        assertUnavailable(() -> scaler.metric(orError));
                        assertUnavailable(() -> scaler.isActive(orError));
                    }
                }
            } finally {
                cluster.primary(1).resume();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"minimum, pause", "minimum, kill", "hold, pause", "hold, kill", "error, pause", "error, kill"})
    void bothRpcsAgreeWhileRedisIsStoppedAndStarted(String policy, String way) throws Exception {
        fill(3);
        try (Jedis jedis = redis.connect()) {
            jedis.rpush("queue", "a", "b");
            jedis.set("flag", "1");
        }
        Map<Map<String, String>, String> expected = Map.of(
                Map.of("onUnavailable", policy), "5.0 true",
                Map.of("onUnavailable", policy, "keyPattern", "session:*"), "3.0 true",
                Map.of("onUnavailable", policy, "key", "queue"), "2.0 true",
                Map.of("onUnavailable", policy, "activeKey", "flag"), "5.0 true");
        try (var scaler = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address(), "COUNT_REFRESH", "1h"))) {
            expected.forEach((trigger, answer) -> await().untilAsserted(
                            () -> assertThat(bothOf(scaler, trigger)).isEqualTo(answer)));
            for (int i = 0; i < 2; i++) {
                if (way.equals("pause")) {
                    redis.pause();
                } else {
                    redis.killSaved();
                }
                forEachAtTheSameTime(expected, (trigger, answer) -> {
                    for (int call = 0; call < 3; call++) {
                        assertThat(bothOf(scaler, trigger))
                                .as("%s", trigger)
                                .isEqualTo(
                                        switch (policy) {
                                            case "minimum" -> "0.0 false";
                                            case "hold" -> answer;
                                            default -> "UNAVAILABLE UNAVAILABLE";
                                        });
                    }
                });
                if (way.equals("pause")) {
                    redis.resume();
                } else {
                    redis.restart();
                }
                forEachAtTheSameTime(expected, (trigger, answer) -> {
                    await().untilAsserted(() -> assertThat(bothOf(scaler, trigger))
                            .as("%s", trigger)
                            .isEqualTo(answer));
                    for (int call = 0; call < 3; call++) {
                        assertThat(bothOf(scaler, trigger)).as("%s", trigger).isEqualTo(answer);
                    }
                });
            }
        }
    }

    /** A call to a paused Redis lasts as long as its time limit, so the triggers do not wait for each other. */
    private static void forEachAtTheSameTime(
            Map<Map<String, String>, String> expected, BiConsumer<Map<String, String>, String> check) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> checks = new ArrayList<>();
            expected.forEach((trigger, answer) -> checks.add(threads.submit(() -> check.accept(trigger, answer))));
            for (Future<?> done : checks) {
                done.get();
            }
        }
    }

    private static String bothOf(RunningScaler scaler, Map<String, String> trigger) {
        return codeOr(() -> scaler.metric(trigger)) + " " + codeOr(() -> scaler.isActive(trigger));
    }

    private static String codeOr(Supplier<Object> call) {
        try {
            return String.valueOf(call.get());
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode().name();
        }
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThat(catchThrowableOfType(StatusRuntimeException.class, call)
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aCallersOwnDeadlineIsNoOutage() {
        fill(3);
        try (var scaler = seldom("COUNT_SHARE", "10%")) {
            assertThat(scaler.metric(Map.of())).isEqualTo(3);
            redis.pause();
            try {
                StatusRuntimeException late = catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> scaler.stub()
                                .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                                .getMetrics(GetMetricsRequest.newBuilder()
                                        .setScaledObjectRef(RunningScaler.ref(Map.of()))
                                        .build()));
                assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            } finally {
                redis.resume();
            }

            assertThat(scaler.scrape()).doesNotContain("redis_session_scaler_trigger_outage{");
            assertThat(scaler.metric(Map.of())).isEqualTo(3);
        }
    }

    /** Of all reads, those of scans included. */
    private static double timeouts(RunningScaler scaler) {
        return scaler.scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_redis_failures_total{")
                        && line.contains("reason=\"TIMEOUT\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private RunningScaler seldom(String setting, String value) {
        return RunningScaler.with(Map.of("REDIS_ADDRESS", redis.address(), "COUNT_REFRESH", "1h", setting, value));
    }

    private void fill(int sessions) {
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            IntStream.range(0, sessions).forEach(i -> pipeline.set("session:" + i, "x"));
        }
    }
}
