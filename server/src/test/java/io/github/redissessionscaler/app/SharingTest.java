package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** What many triggers that count the same cost Redis, by its own account. */
final class SharingTest {

    private static final int TRIGGERS = 1_000;
    private static final int SESSIONS = 40;

    /** So few keys fit in one page of a scan. */
    private static final int OTHERS = 20;

    /** Pages of the look at a few keys that goes before, whose cost does not depend on who asks. */
    private static final int LOOK = 16;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        put("session:", SESSIONS);
        put("cache:", OTHERS);
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void aThousandTriggersOnOnePatternCostOneScanAnInterval() throws Exception {
        try (RunningScaler scaler = scaler("1h");
                var executor = Executors.newFixedThreadPool(8)) {
            await().atMost(PATIENCE).until(() -> scaler.metric(Map.of("keyPattern", "session:*")) == SESSIONS);
            List<Callable<Double>> polls = new ArrayList<>();
            for (int i = 0; i < TRIGGERS; i++) {
                Map<String, String> trigger = Map.of("keyPattern", "session:*", "metricName", "trigger_" + i);
                polls.add(() -> scaler.isActive(trigger) ? scaler.metric(trigger) : -1);
            }
            for (Future<Double> value : executor.invokeAll(polls)) {
                assertThat(value.get()).isEqualTo(SESSIONS);
            }

            await().atMost(PATIENCE).until(() -> redis.calls("scan") >= LOOK + 1);
            assertThat(redis.calls("scan")).isEqualTo(LOOK + 1);
        }
    }

    @Test
    void theIntervalIsTheOneThatWasConfigured() {
        try (RunningScaler scaler = scaler("50ms")) {
            Map<String, String> trigger = Map.of("keyPattern", "session:*");
            await().atMost(PATIENCE).until(() -> scaler.metric(trigger) == SESSIONS);

            put("session:more:", 5);

            await().atMost(PATIENCE).until(() -> scaler.metric(trigger) == SESSIONS + 5);
        }
    }

    private RunningScaler scaler(String countRefresh) {
        return RunningScaler.with(Map.of("REDIS_ADDRESS", "127.0.0.1:" + redis.port(), "COUNT_REFRESH", countRefresh));
    }

    private void put(String prefix, int keys) {
        try (Jedis jedis = redis.connect()) {
            for (int i = 0; i < keys; i++) {
                jedis.set(prefix + i, "x", SetParams.setParams().ex(1_000));
            }
        }
    }
}
