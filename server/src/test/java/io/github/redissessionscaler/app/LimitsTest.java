package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody meets who asks for more than there is. */
final class LimitsTest {

    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.with(Map.of(
                "REDIS_ADDRESS", "127.0.0.1:" + redis.port(),
                "TRIGGER_LIMIT", "5",
                "PATTERN_LIMIT", "2",
                "STREAM_LIMIT", "1"));
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
    }

    @Test
    void oneTriggerTooManyIsRefusedAndTheOthersAreServed() {
        for (int i = 1; i <= 5; i++) {
            assertThat(scaler.metric(Map.of("metricName", "m" + i))).isZero();
        }

        assertThatThrownBy(() -> scaler.metric(Map.of("metricName", "m6")))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("TRIGGER_LIMIT");
        assertThat(scaler.metric(Map.of("metricName", "m1"))).isZero();
    }

    @Test
    void onePatternTooManyIsRefusedAndTheOthersAreCounted() {
        assertThat(scaler.metric(Map.of("keyPattern", "a*"))).isZero();
        assertThat(scaler.metric(Map.of("keyPattern", "b*"))).isZero();

        assertThatThrownBy(() -> scaler.metric(Map.of("keyPattern", "c*")))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("PATTERN_LIMIT");
        assertThat(scaler.metric(Map.of("keyPattern", "b*", "metricName", "again")))
                .isZero();
    }

    @Test
    void oneStreamTooManyIsRefusedUntilAnotherEnds() {
        var first = open();
        await().until(() -> first.values().equals(List.of(true)));

        var second = open();
        await().until(() -> second.end().isPresent());
        assertThat(second.end()).hasValueSatisfying(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(status.getDescription()).contains("STREAM_LIMIT");
        });
        assertThat(first.end()).isEmpty();
    }

    private RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> open() {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(Map.of()), stream);
        return stream;
    }
}
