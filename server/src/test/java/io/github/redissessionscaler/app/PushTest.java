package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
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
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.params.SetParams;

/** Streams on keyspace events alone: nothing is polled within the time of a test, and nothing is repeated. */
final class PushTest {

    private static final Map<String, String> ANY_SESSION = Map.of("activationSessionSize", "0");
    private static final Duration NEVER = Duration.ofHours(1);

    private static final int STORM = 300_000;
    private static final int BATCH = 1_000;
    private static final Duration SHORTEST_REST = Duration.ofMillis(10);

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
        var any = open(ANY_SESSION);
        var matching = open(Map.of("keyPattern", "session:*", "activationSessionSize", "0"));
        await().until(() ->
                any.values().equals(List.of(false)) && matching.values().equals(List.of(false)));
        long before = calls("dbsize");
        long start = System.nanoTime();

        for (int batch = 0; batch < STORM / BATCH; batch++) {
            try (Pipeline pipeline = new Pipeline(jedis)) {
                for (int i = 0; i < BATCH; i++) {
                    pipeline.set("session:" + i, "x");
                }
            }
        }
        await().until(() -> any.values().contains(true) && matching.values().contains(true));
        long storm = System.nanoTime() - start;

        assertThat(calls("set")).isGreaterThanOrEqualTo(STORM);
        assertThat(calls("dbsize") - before)
                .as("rounds rest for 10 ms at least, and a pattern is looked at now and then")
                .isLessThan(2 * storm / SHORTEST_REST.toNanos() + 100);
        assertThat(any.values()).containsExactly(false, true);
        assertThat(matching.values()).containsExactly(false, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLUSHDB", "FLUSHALL"})
    void emptyingADatabaseAnnouncesNothingAndIsNoticedByTheNextPoll(String command) {
        try (var polling = RunningScaler.onPort(redis.port(), Duration.ofMillis(250), NEVER)) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(polling.channel()).streamIsActive(RunningScaler.ref(ANY_SESSION), stream);
            await().until(() -> stream.values().equals(List.of(false)));
            jedis.set("session:1", "x");
            await().until(() -> stream.values().equals(List.of(false, true)));
            await().untilAsserted(() ->
                    assertThat(polling.scrape()).contains("redis_session_scaler_push_databases_events 1.0"));
            awaitPolls(3);

            jedis.sendCommand(Protocol.Command.valueOf(command));
            await().until(() -> stream.values().equals(List.of(false, true, false)));

            await().untilAsserted(() -> assertThat(polling.scrape())
                    .contains("redis_session_scaler_push_databases_events 0.0")
                    .contains("redis_session_scaler_push_databases_polled 1.0"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withoutAHeartbeatNoMessageEqualsTheOneBefore(long seed) {
        List<RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>> streams =
                IntStream.range(0, 20).mapToObj(_ -> open(ANY_SESSION)).toList();
        await().until(() -> streams.stream().noneMatch(stream -> stream.values().isEmpty()));

        churn(new Random(seed));
        jedis.flushDB();
        jedis.set("session:1", "x");
        jedis.del("session:1");

        for (var stream : streams) {
            await().until(() -> !stream.values().getLast());
            List<Boolean> values = stream.values();
            assertThat(values)
                    .isEqualTo(Stream.iterate(false, value -> !value)
                            .limit(values.size())
                            .toList());
        }
    }

    @Test
    void theHeartbeatIsTheLeastTimeBetweenEqualMessages() {
        var heartbeat = Duration.ofMillis(200);
        long start = System.nanoTime();
        try (var repeating = RunningScaler.onPort(redis.port(), Duration.ofMillis(20), heartbeat)) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(repeating.channel()).streamIsActive(RunningScaler.ref(ANY_SESSION), stream);
            await().until(() -> !stream.values().isEmpty());

            churn(new Random(4));
            jedis.set("session:1", "x");
            await().until(() -> repeated(stream.values(), true) >= 3);

            List<Boolean> values = stream.values();
            assertThat(repeated(values, false)).isZero();
            assertThat(repeated(values, true)).isLessThanOrEqualTo((System.nanoTime() - start) / heartbeat.toNanos());
        }
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

    private RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> open(Map<String, String> metadata) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        async().streamIsActive(RunningScaler.ref(metadata), stream);
        return stream;
    }

    private ExternalScalerGrpc.ExternalScalerStub async() {
        return ExternalScalerGrpc.newStub(scaler.channel());
    }

    /** So many counts more, by then those that an earlier event asked for are over. */
    private void awaitPolls(int counts) {
        long before = calls("dbsize");
        await().until(() -> calls("dbsize") >= before + counts);
    }

    private long calls(String command) {
        return redis.calls(command);
    }

    /** Sessions come and go as chance has it. */
    private void churn(Random random) {
        for (int step = 0; step < 2_000; step++) {
            String key = "session:" + random.nextInt(3);
            switch (random.nextInt(4)) {
                case 0 -> jedis.set(key, "x");
                case 1 -> jedis.del(key);
                case 2 -> jedis.set(key, "x", SetParams.setParams().px(1 + random.nextInt(5)));
                default -> jedis.set("session:0", "x");
            }
            if (random.nextInt(20) == 0) {
                jedis.flushDB();
            }
        }
    }

    /** How often this value came right after itself. */
    private static long repeated(List<Boolean> values, boolean value) {
        return IntStream.range(1, values.size())
                .filter(i -> values.get(i) == value && values.get(i - 1) == value)
                .count();
    }
}
