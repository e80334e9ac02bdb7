package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.docs.MinimalAcl;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XAddParams;

/** The scaler as a user who may do exactly what the reference says that it needs, and as one who may do less. */
final class AclTest {

    private static final int SESSIONS = 12;

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            long now = System.currentTimeMillis();
            IntStream.range(0, SESSIONS).forEach(i -> {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(1800));
                pipeline.rpush("list", "x");
                pipeline.sadd("set", "x" + i);
                pipeline.zadd("zset", (double) now, "x" + i);
                pipeline.hset("hash", "x" + i, "x");
                pipeline.xadd("stream", Map.of("x", "x"), XAddParams.xAddParams());
                pipeline.pfadd("log", "x" + i);
            });
            pipeline.set("number", String.valueOf(SESSIONS));
            pipeline.set("flag", "1");
        }
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void theRulesOfTheReferenceAreEnough(MinimalAcl way) {
        try (var scaler = scalerWith(way.rules())) {
            double expected = way == MinimalAcl.ALL_KEYS ? SESSIONS + 8 : SESSIONS;

            assertThat(scaler.metric(way.metadata())).isEqualTo(expected);
            assertThat(scaler.isActive(way.metadata())).isTrue();
        }
    }

    @Test
    void aCommandThatIsNotAllowedIsNamedAndTheAnswerIsAnError() {
        try (var scaler = scalerWith(List.of("+ping"))) {
            assertThatThrownBy(() -> scaler.metric(Map.of("onUnavailable", "error")))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("NOPERM")
                    .hasMessageContaining("it lacks +dbsize");
        }
    }

    private static RunningScaler scalerWith(List<String> rules) {
        try (Jedis jedis = redis.connect()) {
            jedis.aclDelUser("scaler");
            String[] user = Stream.concat(Stream.of("reset", "on", ">secret"), rules.stream())
                    .toArray(String[]::new);
            jedis.aclSetUser("scaler", user);
        }
        return RunningScaler.with(
                Map.of("REDIS_ADDRESS", redis.address(), "REDIS_USERNAME", "scaler", "REDIS_PASSWORD", "secret"));
    }
}
