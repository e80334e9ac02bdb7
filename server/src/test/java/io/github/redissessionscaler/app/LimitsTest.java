package io.github.redissessionscaler.app;

import static java.util.stream.Collectors.toMap;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void aTriggerOfLongMetadataCountsAsSeveral() {
        String pattern = "a".repeat(1000);
        assertThat(scaler.metric(Map.of("keyPattern", pattern + "1", "excludePattern", pattern)))
                .isZero();
        assertThat(scaler.metric(Map.of("metricName", "m1"))).isZero();

        assertThatThrownBy(() -> scaler.metric(Map.of("keyPattern", pattern + "2", "excludePattern", pattern)))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("long metadata");
        assertThat(scaler.metric(Map.of("metricName", "m2"))).isZero();
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
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_streams_ended_total"
                        + "{code=\"RESOURCE_EXHAUSTED\",method=\"StreamIsActive\"} 1.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "a\u0000b"})
    void aNameThatIsNotALineIsRefused(String name) {
        assertThatThrownBy(() -> scaler.stub()
                        .isActive(ScaledObjectRef.newBuilder()
                                .setName(name)
                                .setNamespace(name)
                                .build()))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("scaledObjectRef.name: '")
                .hasMessageContaining("scaledObjectRef.namespace: '")
                .hasMessageContaining("control character");
    }

    @Test
    void aNameLongerThanKubernetesGivesIsRefused() {
        ScaledObjectRef longest =
                ScaledObjectRef.newBuilder().setName("n".repeat(253)).build();
        assertThat(scaler.stub().isActive(longest).getResult()).isTrue();

        assertThatThrownBy(() -> scaler.stub()
                        .isActive(longest.toBuilder().setName("n".repeat(254)).build()))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("scaledObjectRef.name: has 254 characters; at most 253 are accepted");
    }

    @Test
    void metadataOfTheLargestSizeIsToldAllThatIsWrongWithIt() {
        Map<String, String> metadata =
                IntStream.range(0, 64).boxed().collect(toMap(i -> "\u20ac".repeat(100) + i, _ -> "\u20ac".repeat(100)));

        assertThatThrownBy(() -> scaler.metric(metadata))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("is not a known key");
    }

    private RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean> open() {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(Map.of()), stream);
        return stream;
    }
}
