package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
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
                assertThat(replica.metricSpec(TRIGGER).getTargetSizeFloat()).isEqualTo(10.0 * sessions);
                assertThat(replica.metric(TRIGGER)).isEqualTo(sessions + 1.0);
                assertThat(replica.isActive(TRIGGER)).isEqualTo(sessions + 1 > 2);
            }
        }
        assertThat(replicas.get(0).metricSpec(TRIGGER))
                .isEqualTo(replicas.get(1).metricSpec(TRIGGER));
    }

    @Test
    void pushAlike() {
        var activities = replicas.stream().map(ReplicasTest::openActivity).toList();
        var targets = replicas.stream().map(ReplicasTest::openTarget).toList();
        await().until(() ->
                activities.stream().allMatch(stream -> stream.values().equals(List.of(false))));
        await().until(() -> targets.stream().allMatch(stream -> stream.values().equals(List.of(40.0))));

        jedis.mset("session:1", "x", "session:2", "x");
        await().until(() ->
                activities.stream().allMatch(stream -> stream.values().equals(List.of(false, true))));

        jedis.set("target", "60");
        await().until(() -> targets.stream().allMatch(stream -> stream.values().equals(List.of(40.0, 60.0))));
        replicas.forEach(replica ->
                assertThat(replica.metricSpec(TRIGGER).getTargetSizeFloat()).isEqualTo(60.0));
    }

    private static RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> openActivity(RunningScaler replica) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(replica.channel()).streamIsActive(RunningScaler.ref(TRIGGER), stream);
        return stream;
    }

    private static RecordedStream<ScaledObjectRef, GetMetricSpecResponse, Double> openTarget(RunningScaler replica) {
        var stream = new RecordedStream<ScaledObjectRef, GetMetricSpecResponse, Double>(
                response -> response.getMetricSpecs(0).getTargetSizeFloat());
        ExternalScalerGrpc.newStub(replica.channel()).streamMetricSpec(RunningScaler.ref(TRIGGER), stream);
        return stream;
    }
}
