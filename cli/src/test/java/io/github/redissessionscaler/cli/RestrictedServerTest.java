package io.github.redissessionscaler.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** Servers as some providers run them, on which CONFIG, CLIENT, INFO and HELLO do not exist. */
final class RestrictedServerTest {

    /** With as many caches more than are always counted exactly. */
    private static final int SESSIONS = 6_000;

    private static final int HASHES = 40;
    private static final int JOBS = 3;
    private static final int KEYS = 2 * SESSIONS + HASHES + 2;

    private static final Map<String, RedisServer> SERVERS = new LinkedHashMap<>();

    /** What each trigger counts. */
    private static final Map<Map<String, String>, Integer> COUNTS = Map.of(
            Map.of(),
            KEYS,
            Map.of("key", "jobs"),
            JOBS,
            Map.of("key", "active", "activeWithin", "30m"),
            SESSIONS,
            Map.of("keyPattern", "session:*", "accuracy", "exact"),
            SESSIONS,
            Map.of("keyPattern", "session:*", "accuracy", "exact", "keyType", "string", "minTtl", "1m"),
            SESSIONS,
            Map.of("preset", "flask", "accuracy", "exact"),
            SESSIONS,
            Map.of("preset", "spring-session", "accuracy", "exact"),
            HASHES,
            Map.of("preset", "dedicated-database"),
            KEYS);

    @BeforeAll
    static void start() {
        RedisBinaries.all().forEach(binary -> SERVERS.put(binary, filled(binary)));
    }

    private static RedisServer filled(String binary) {
        RedisServer redis = RedisServer.startBinary(
                binary,
                "--rename-command CONFIG \"\"",
                "--rename-command CLIENT \"\"",
                "--rename-command INFO \"\"",
                "--rename-command HELLO \"\"");
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            double now = System.currentTimeMillis();
            for (int i = 0; i < SESSIONS; i++) {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(1_800));
                pipeline.set("cache:" + i, "x");
                pipeline.zadd("active", now, "user-" + i);
            }
            for (int i = 0; i < HASHES; i++) {
                String key = "spring:session:sessions:" + new UUID(0, i);
                pipeline.hset(key, "user", "x");
                pipeline.expire(key, 1_800);
            }
            pipeline.rpush("jobs", Stream.generate(() -> "x").limit(JOBS).toArray(String[]::new));
        }
        return redis;
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(RedisServer::close);
    }

    static Set<String> binaries() {
        return SERVERS.keySet();
    }

    private static RedisServer server(String binary) {
        return requireNonNull(SERVERS.get(binary));
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void everyCountIsRight(String binary) {
        try (var scaler = RunningScaler.onPort(server(binary).port())) {
            COUNTS.forEach((trigger, count) -> {
                // estimated until the first scan has ended
                await(trigger.toString()).until(() -> scaler.metric(orFail(trigger)) == count);
                assertThat(scaler.isActive(orFail(trigger))).isTrue();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void anEstimateIsOne(String binary) {
        try (var scaler = RunningScaler.onPort(server(binary).port())) {
            double estimate = scaler.metric(orFail(Map.of("keyPattern", "session:*", "accuracy", "estimate")));

            assertThat(estimate).isCloseTo(SESSIONS, within(0.1 * SESSIONS));
            assertThat(scaler.scrape())
                    .containsPattern("(?m)^redis_session_scaler_trigger_sessions_standard_error\\{.*} [1-9]");
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void aStreamSendsEachChange(String binary) {
        try (var scaler = RunningScaler.onPort(server(binary).port());
                Jedis jedis = server(binary).connect()) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(scaler.channel())
                    .streamIsActive(RunningScaler.ref(orFail(Map.of("activeKey", "flag"))), stream);
            await().until(() -> stream.values().equals(List.of(false)));

            jedis.set("flag", "1");
            await().until(() -> stream.values().contains(true));

            jedis.del("flag");
            await().until(() -> !stream.values().getLast());
            assertThat(stream.end()).isEmpty();
        }
    }

    @Test
    void theLogStaysQuiet(@TempDir Path directory) {
        RedisServer redis = server(RedisBinaries.standard());
        try (var scaler = ScalerProcess.start(
                directory,
                Map.of("REDIS_ADDRESS", redis.address(), "COUNT_REFRESH", "50ms", "ANSWER_TIMEOUT", "30s"))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
            var stub = ExternalScalerGrpc.newBlockingStub(channel);
            long before = scaler.output().lines().count();

            for (int i = 0; i < 20; i++) {
                COUNTS.keySet()
                        .forEach(trigger -> stub.getMetrics(GetMetricsRequest.newBuilder()
                                .setScaledObjectRef(RunningScaler.ref(orFail(trigger)))
                                .build()));
            }
            channel.shutdownNow();

            assertThat(scaler.output()
                            .lines()
                            .skip(before)
                            .map(line -> line.substring(line.indexOf(' ')))
                            .filter(line -> !line.contains("Connected to Redis")))
                    .doesNotHaveDuplicates()
                    .hasSizeLessThanOrEqualTo(3);
        }
    }

    private static Map<String, String> orFail(Map<String, String> trigger) {
        Map<String, String> all = new HashMap<>(trigger);
        all.put("onUnavailable", "error");
        return all;
    }
}
