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
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody meets who asks for more than there is. */
final class LimitsTest {

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    };

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
    void aTriggerOfWideCharactersCountsAsSeveralToo() {
        String wide = "\u4e16".repeat(1000);
        assertThat(scaler.metric(Map.of("key", wide, "sessionSizeKey", wide))).isZero();

        assertThatThrownBy(() -> scaler.metric(Map.of("key", wide + "1", "sessionSizeKey", wide)))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("TRIGGER_LIMIT");
    }

    @Test
    void aLongPatternCountsAsSeveral() {
        assertThat(scaler.metric(Map.of("keyPattern", "a".repeat(40) + "*", "excludePattern", "b".repeat(40))))
                .isZero();

        assertThatThrownBy(() -> scaler.metric(Map.of("keyPattern", "b*")))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("PATTERN_LIMIT (a long pattern counts as several)");
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
    void oneDatabaseTooManyIsRefusedAndTheOthersAreServed() {
        try (var wide = RedisServer.start("--databases 200");
                var all = RunningScaler.onPort(wide.port())) {
            for (int i = 0; i < 128; i++) {
                assertThat(all.metric(Map.of("databaseIndex", String.valueOf(i))))
                        .isZero();
            }

            assertThatThrownBy(() -> all.metric(Map.of("databaseIndex", "128")))
                    .hasMessageContaining("RESOURCE_EXHAUSTED")
                    .hasMessageContaining("128 databases");
            assertThat(all.metric(Map.of("databaseIndex", "127"))).isZero();
            assertThat(all.metric(Map.of("databaseIndex", "0", "metricName", "again")))
                    .isZero();
        }
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
    void aMessageThatIsNoProtobufIsRefused() {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
                .setType(MethodType.UNARY)
                .setFullMethodName("externalscaler.ExternalScaler/IsActive")
                .build();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        scaler.channel(), method, CallOptions.DEFAULT, new byte[] {-1, -1, -1}))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("not a protobuf message");
        assertThat(scaler.isActive(Map.of())).isTrue();
    }

    @Test
    void oneWatchOfTheHealthTooManyIsRefused() {
        List<RecordedStream<HealthCheckRequest, HealthCheckResponse, HealthCheckResponse>> watches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            var watch = new RecordedStream<HealthCheckRequest, HealthCheckResponse, HealthCheckResponse>(one -> one);
            HealthGrpc.newStub(scaler.channel()).watch(HealthCheckRequest.getDefaultInstance(), watch);
            watches.add(watch);
        }

        await().until(() -> watches.getLast().end().isPresent());
        assertThat(watches.getLast().end()).hasValueSatisfying(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(status.getDescription()).contains("already has 4 health watches");
        });
        assertThat(watches.getFirst().end()).isEmpty();
    }

    @Test
    void withNoConnectionLeftTheHealthOnPort6000IsRefusedAndLivezAnswers() {
        List<ManagedChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < 128; i++) {
                var watch =
                        new RecordedStream<HealthCheckRequest, HealthCheckResponse, HealthCheckResponse>(one -> one);
                HealthGrpc.newStub(connect(channels)).watch(HealthCheckRequest.getDefaultInstance(), watch);
                await().until(() -> !watch.values().isEmpty());
            }

            var health = HealthGrpc.newBlockingStub(connect(channels));
            assertThatThrownBy(() -> health.check(HealthCheckRequest.getDefaultInstance()))
                    .hasMessageContaining("UNAVAILABLE");
            assertThat(scaler.get("/livez").statusCode()).isEqualTo(200);
            assertThat(scaler.get("/readyz").statusCode()).isEqualTo(200);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private ManagedChannel connect(List<ManagedChannel> channels) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", scaler.scaler().grpcPort())
                .usePlaintext()
                .build();
        channels.add(channel);
        return channel;
    }

    @Test
    void connectionsThatAskNothingGiveWayToOthers() throws IOException {
        assertThat(scaler.isActive(Map.of())).isTrue();
        byte[] http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        withConnections(
                http2,
                () -> assertThat(scaler.scrape())
                        .contains("redis_session_scaler_grpc_connections 128.0")
                        .contains("redis_session_scaler_refused_total{limit=\"connections\"}"));
    }

    @Test
    void connectionsThatDoNotBeginHttp2GiveWayToOthers() throws IOException {
        assertThat(scaler.isActive(Map.of())).isTrue();
        withConnections(
                new byte[0],
                () -> assertThat(scaler.scrape()).contains("redis_session_scaler_refused_total{limit=\"handshakes\"}"));
    }

    private void withConnections(byte[] greeting, ThrowingRunnable expected) throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                var socket = new Socket(
                        InetAddress.getLoopbackAddress(), scaler.scaler().grpcPort());
                open.add(socket);
                socket.getOutputStream().write(greeting);
            }
            await().untilAsserted(expected);
            assertThat(scaler.isActive(Map.of())).isTrue();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void allProblemsOfTheLargestMetadataAreReported() {
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
