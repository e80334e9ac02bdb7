package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Two replicas of the scaler on one Redis. KEDA asks now this one, now that. */
final class ReplicasTest {

    private static final Map<String, String> TRIGGER = Map.of("sessionSizeKey", "target", "activationSessionSize", "2");
    private static final Duration NEVER = Duration.ofHours(1);

    private RedisServer redis;
    private List<RunningScaler> replicas;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
        replicas = Stream.generate(() -> RunningScaler.onPort(redis.port(), NEVER, NEVER))
                .limit(2)
                .toList();
        jedis = redis.connect();
        jedis.set("target", "40");
    }

    @AfterEach
    void stop() {
        jedis.close();
        replicas.forEach(RunningScaler::close);
        redis.close();
    }

    @Test
    void answerAlike() {
        for (int sessions = 1; sessions <= 5; sessions++) {
            jedis.set("session:" + sessions, "x");
            jedis.set("target", String.valueOf(10 * sessions));

            for (RunningScaler replica : replicas) {
                assertThat(replica.metricSpec(TRIGGER).getTargetSizeFloat()).isEqualTo(100);
                assertThat(replica.metric(TRIGGER))
                        .isCloseTo((sessions + 1.0) * 100 / (10.0 * sessions), within(0.001));
                assertThat(replica.isActive(TRIGGER)).isEqualTo(sessions + 1 > 2);
            }
        }
    }

    /** One has seen the key and one has just started: what the key does not hold, neither uses. */
    @Test
    void agreeOnceTheTargetIsGone() {
        jedis.mset("session:1", "x", "session:2", "x", "session:3", "x");
        assertThat(replicas.get(0).metric(TRIGGER)).isEqualTo(10);

        for (String bad : List.of("many", "-1", "")) {
            jedis.set("target", bad);
            replicas.forEach(replica -> assertThat(replica.metric(TRIGGER)).isEqualTo(4));
            jedis.set("target", "40");
            assertThat(replicas.get(0).metric(TRIGGER)).isEqualTo(10);
        }
        jedis.del("target");
        jedis.lpush("target", "40");
        replicas.forEach(replica -> assertThat(replica.metric(TRIGGER)).isEqualTo(4));
        jedis.del("target");
        replicas.forEach(replica -> assertThat(replica.metric(TRIGGER)).isEqualTo(3));
    }

    @Test
    void pushAlike() {
        var activities = replicas.stream().map(ReplicasTest::openActivity).toList();
        await().until(() ->
                activities.stream().allMatch(stream -> stream.values().equals(List.of(false))));

        jedis.mset("session:1", "x", "session:2", "x");
        await().until(() ->
                activities.stream().allMatch(stream -> stream.values().equals(List.of(false, true))));
    }

    private static RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> openActivity(RunningScaler replica) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(replica.channel()).streamIsActive(RunningScaler.ref(TRIGGER), stream);
        return stream;
    }
}
