package io.github.redissessionscaler.docs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XAddParams;

/**
 * The scaler as a user who may do exactly what the reference says that it needs, on every redis-server there is, and as one who
 * may do less.
 */
final class AclTest {

    private static final int SESSIONS = 12;

    private static final Map<String, RedisServer> SERVERS = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        RedisBinaries.all().forEach(binary -> SERVERS.put(binary, filled(binary)));
    }

    private static RedisServer filled(String binary) {
        RedisServer redis = RedisServer.startBinary(binary);
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            long now = System.currentTimeMillis();
            IntStream.range(0, SESSIONS).forEach(i -> {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(1800));
                pipeline.hset("user:" + i, "name", "x");
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
        return redis;
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RedisServer::close);
    }

    static Stream<Arguments> waysOnServers() {
        return SERVERS.keySet().stream()
                .flatMap(binary -> Stream.of(MinimalAcl.values()).map(way -> Arguments.of(way, binary)));
    }

    @ParameterizedTest
    @MethodSource("waysOnServers")
    void theRulesOfTheReferenceAreEnough(MinimalAcl way, String binary) {
        try (var scaler = scalerWith(serverOf(binary), way.rules())) {
            double expected = switch (way) {
                case ALL_KEYS -> 2 * SESSIONS + 8;
                // One replica, since the key that holds the target holds as many as there are sessions.
                case ACTIVE_KEY -> 100;
                default -> SESSIONS;
            };

            assertThat(scaler.metric(way.metadata())).isEqualTo(expected);
            assertThat(scaler.isActive(way.metadata())).isTrue();
        }
    }

    @Test
    void aCommandThatIsNotAllowedIsNamedAndTheAnswerIsAnError() {
        try (var scaler = scalerWith(serverOf(RedisBinaries.standard()), List.of("+ping"))) {
            assertThatThrownBy(() -> scaler.metric(Map.of("onUnavailable", "error")))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("NOPERM")
                    .hasMessageContaining("it lacks +dbsize");
        }
    }

    private static RedisServer serverOf(String binary) {
        return requireNonNull(SERVERS.get(binary));
    }

    private static RunningScaler scalerWith(RedisServer redis, List<String> rules) {
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
