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
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The streams, from a gRPC client to a real Redis. */
final class StreamsTest {

    private static final Map<String, String> FLAG = Map.of("activeKey", "active");

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @Test
    void sendsTheStateImmediatelyThenEachChange() {
        var stream = openActivity(FLAG);
        await().until(() -> stream.values().equals(List.of(false)));

        jedis.set("active", "1");
        await().until(() -> stream.values().size() >= 2);
        assertThat(stream.values().get(1)).isTrue();

        jedis.del("active");
        await().until(() -> !stream.values().getLast());
    }

    @Test
    void repeatsItselfWhileActive() {
        var stream = openActivity(Map.of());

        await().until(() -> stream.values().size() >= 3);

        assertThat(stream.values()).containsOnly(true);
    }

    @Test
    void staysOpenThroughAnOutage() {
        try (var impatient = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address()))) {
            var stream = openActivity(impatient, Map.of());
            await().until(() -> stream.values().contains(true));

            redis.pause();
            await().until(() -> !stream.values().getLast());
            redis.resume();
            await().until(() -> stream.values().getLast());

            assertThat(stream.end()).isEmpty();
        }
    }

    @Test
    void repeatsNothingWhileNobodyKnowsWhetherItIsStillSo() {
        var holding = openActivity(Map.of("onUnavailable", "hold"));
        var failing = openActivity(Map.of("onUnavailable", "error"));
        await().until(() -> failing.values().size() >= 2);

        redis.kill();
        await().untilAsserted(() -> assertThat(scaler.scrape()).containsPattern("outcome=\"UNREACHABLE\""));
        int heldBefore = holding.values().size();
        await().until(() -> holding.values().size() >= heldBefore + 2);
        int before = failing.values().size();
        int held = holding.values().size();
        await().until(() -> holding.values().size() >= held + 3);
        assertThat(failing.values()).hasSize(before).containsOnly(true);

        redis.restart();
        await().until(() -> failing.values().size() > before);
        assertThat(failing.end()).isEmpty();
    }

    /** KEDA accepts that without an error, and calls only GetMetricSpec. */
    @Test
    void theTargetOfTheMetricHasNoStream() {
        var stream = new RecordedStream<ScaledObjectRef, GetMetricSpecResponse, Integer>(
                GetMetricSpecResponse::getMetricSpecsCount);
        ExternalScalerGrpc.newStub(scaler.channel()).streamMetricSpec(RunningScaler.ref(FLAG), stream);

        await().until(() -> stream.end().map(Status::getCode).equals(Optional.of(Status.Code.UNIMPLEMENTED)));
        assertThat(stream.values()).isEmpty();
    }

    @Test
    void endsWellWhenTheScalerEnds() {
        var stream = openActivity(FLAG);
        await().until(() -> !stream.values().isEmpty());

        scaler.scaler().close();

        await().until(() -> stream.end().isPresent());
        assertThat(stream.end().orElseThrow().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void aBadTriggerEndsTheStreamWithItsProblems() {
        var stream = openActivity(Map.of("sessionSize", "0"));

        await().until(() -> stream.end().isPresent());

        assertThat(stream.end().orElseThrow().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> openActivity(Map<String, String> metadata) {
        return openActivity(scaler, metadata);
    }

    private static RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> openActivity(
            RunningScaler scaler, Map<String, String> metadata) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(metadata), stream);
        return stream;
    }
}
