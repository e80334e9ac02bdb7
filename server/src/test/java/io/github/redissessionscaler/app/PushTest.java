package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.problem.Durations;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TcpProxy;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Streams on keyspace events alone: nothing is polled within the time of a test, and nothing is repeated. */
final class PushTest {

    private static final Map<String, String> ANY_SESSION = Map.of("activationSessionSize", "0");
    private static final Duration NEVER = Duration.ofHours(1);

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
        scaler = RunningScaler.onPort(redis.port(), NEVER, NEVER);
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @Test
    void theFirstAndTheLastSessionArePushed() {
        var stream = open(ANY_SESSION);
        await().until(() -> stream.values().equals(List.of(false)));

        jedis.set("session:1", "x");
        await().until(() -> stream.values().equals(List.of(false, true)));

        jedis.set("session:2", "x");
        jedis.del("session:1", "session:2");
        await().until(() -> stream.values().equals(List.of(false, true, false)));
    }

    @Test
    void sessionsOfAPatternArePushed() {
        var stream = open(Map.of("preset", "express", "activationSessionSize", "0"));
        await().until(() -> stream.values().equals(List.of(false)));

        jedis.set("cache:1", "x");
        jedis.set("sess:1", "x");

        await().until(() -> stream.values().equals(List.of(false, true)));
    }

    @Test
    void aTargetIsPushed() {
        var stream = new RecordedStream<ScaledObjectRef, GetMetricSpecResponse, Double>(
                response -> response.getMetricSpecs(0).getTargetSizeFloat());
        async().streamMetricSpec(RunningScaler.ref(Map.of("sessionSizeKey", "target")), stream);
        await().until(() -> stream.values().equals(List.of(100.0)));

        jedis.set("target", "40");
        await().until(() -> stream.values().equals(List.of(100.0, 40.0)));

        jedis.set("target", "many");
        jedis.set("target", "50");
        await().until(() -> stream.values().equals(List.of(100.0, 40.0, 50.0)));
    }

    @Test
    void aServerThatComesBackIsListenedToAgain() {
        var stream = open(ANY_SESSION);
        await().until(() -> stream.values().equals(List.of(false)));
        jedis.set("session:1", "x");
        await().until(() -> stream.values().getLast());

        redis.kill();
        await().until(() -> !stream.values().getLast());

        redis.restart();
        try (Jedis again = redis.connect()) {
            again.set("session:1", "x");
            await().until(() -> stream.values().getLast());
            again.del("session:1");
            await().until(() -> !stream.values().getLast());
        }
    }

    @Test
    void aStormOfEventsCostsABoundedNumberOfCounts() {
        var stream = open(ANY_SESSION);
        await().until(() -> stream.values().equals(List.of(false)));
        long before = calls("dbsize");

        int sessions = 50_000;
        for (int batch = 0; batch < 50; batch++) {
            try (Pipeline pipeline = new Pipeline(jedis)) {
                for (int i = 0; i < sessions / 50; i++) {
                    pipeline.set("session:" + batch + ":" + i, "x");
                }
            }
        }

        await().until(() -> stream.values().equals(List.of(false, true)));
        assertThat(calls("dbsize") - before).isLessThan(sessions / 50);
        assertThat(stream.values()).containsExactly(false, true);
    }

    @Test
    void streamsOnOneSourceShareItsCounts() {
        List<RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>> streams =
                IntStream.range(0, 200).mapToObj(i -> open(ANY_SESSION)).toList();
        await().until(() -> streams.stream().allMatch(stream -> stream.values().equals(List.of(false))));
        long before = calls("dbsize");

        jedis.set("session:1", "x");

        await().until(() -> streams.stream().allMatch(stream -> stream.values().equals(List.of(false, true))));
        assertThat(calls("dbsize") - before).isLessThan(10);
    }

    @Test
    void aClientThatDoesNotReadIsSentTheLatestStateAloneWhenItDoes() {
        var stream = RecordedStream.<ScaledObjectRef, IsActiveResponse, Boolean>reading(IsActiveResponse::getResult, 1);
        async().streamIsActive(RunningScaler.ref(ANY_SESSION), stream);
        var witness = open(ANY_SESSION);
        await().until(() -> stream.values().size() == 1 && !witness.values().isEmpty());

        for (int i = 0; i < 50; i++) {
            int seen = witness.values().size();
            if (i % 2 == 0) {
                jedis.set("session:1", "x");
            } else {
                jedis.del("session:1");
            }
            await().until(() -> witness.values().size() == seen + 1);
        }
        stream.read(1000);

        await().until(() -> !stream.values().getLast());
        jedis.set("session:1", "x");
        await().until(() -> stream.values().getLast());
    }

    @Test
    void streamsThatEndLeaveNothingBehind() {
        List<RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>> streams =
                IntStream.range(0, 1000).mapToObj(i -> open(ANY_SESSION)).toList();
        await().until(() -> scaler.scaler().openStreams() == 1000);

        streams.forEach(RecordedStream::cancel);

        await().until(() -> scaler.scaler().openStreams() == 0);
        await().until(() -> jedis.pubsubNumPat() == 0);
    }

    @Test
    void aClientThatVanishesWithoutAWordIsFound() throws Exception {
        try (var proxy = TcpProxy.to(scaler.scaler().grpcPort())) {
            ManagedChannel vanishing = NettyChannelBuilder.forAddress("127.0.0.1", proxy.port())
                    .usePlaintext()
                    .build();
            ExternalScalerGrpc.newStub(vanishing)
                    .streamIsActive(
                            RunningScaler.ref(ANY_SESSION),
                            new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(
                                    IsActiveResponse::getResult));
            await().until(() -> scaler.scaler().openStreams() == 1);

            proxy.blackHole();

            await().atMost(Duration.ofSeconds(60)).until(() -> scaler.scaler().openStreams() == 0);
            vanishing.shutdownNow();
        }
    }

    @Test
    void aFailoverOfRedisIsFollowedByStreams() {
        try (var sentinel = RedisSentinel.start();
                var follower = RunningScaler.with(Map.of(
                        "REDIS_URL",
                        sentinel.url(),
                        "PUSH_POLL_MIN",
                        "100ms",
                        "PUSH_POLL_MAX",
                        "400ms",
                        "HEARTBEAT",
                        Durations.format(NEVER)))) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(follower.channel()).streamIsActive(RunningScaler.ref(ANY_SESSION), stream);
            await().until(() -> stream.values().equals(List.of(false)));

            sentinel.failOver();
            try (Jedis primary = sentinel.second().connect()) {
                primary.set("session:1", "x");
                await().until(() -> stream.values().getLast());
            }

            assertThat(stream.end()).isEmpty();
        }
    }

    @Test
    void aKedaThatDropsTheFirstPushScalesOnTheNextHeartbeat() {
        try (var repeating = RunningScaler.onPort(redis.port(), NEVER, Duration.ofSeconds(1))) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(repeating.channel()).streamIsActive(RunningScaler.ref(ANY_SESSION), stream);
            await().until(() -> stream.values().equals(List.of(false)));

            jedis.set("session:1", "x");

            await().until(() ->
                    stream.values().stream().filter(active -> active).count() >= 2);
        }
    }

    private RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> open(Map<String, String> metadata) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        async().streamIsActive(RunningScaler.ref(metadata), stream);
        return stream;
    }

    private ExternalScalerGrpc.ExternalScalerStub async() {
        return ExternalScalerGrpc.newStub(scaler.channel());
    }

    private long calls(String command) {
        return redis.calls(command);
    }
}
