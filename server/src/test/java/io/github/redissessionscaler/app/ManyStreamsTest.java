package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.push.ActivityStream;
import io.github.redissessionscaler.testing.LiveObjects;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Ten thousand streams, opened and dropped in rounds, and what is left of them. */
final class ManyStreamsTest {

    private static final int ROUNDS = 10;
    private static final int STREAMS_A_ROUND = 1_000;

    /** Among so many triggers the streams are divided, on two databases. */
    private static final int TRIGGERS = 50;

    /** Less than what a stream would leave that kept its call, its buffers or its last message. */
    private static final long BYTES_A_STREAM = 500;

    private static final String ACTIVITY_STREAM = ActivityStream.class.getName();
    private static final String OPEN_STREAM = "io.github.redissessionscaler.grpc.OpenStream";
    private static final String WATCH = "io.github.redissessionscaler.push.DatabaseWatch";
    private static final String SERVER_CALL = "io.grpc.internal.ServerCallImpl";

    /** It warns of every stream whose connection is lost. The scaler does not show that, see the tests of its log. */
    private static final Logger LOST_STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        LOST_STREAMS.setLevel(Level.SEVERE);
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
        LOST_STREAMS.setLevel(null);
    }

    @Test
    void leaveNothingBehind() {
        openAndDrop();
        LiveObjects before = awaitNoStreams();
        long connections = connections();

        for (int round = 1; round < ROUNDS; round++) {
            openAndDrop();
        }

        LiveObjects after = awaitNoStreams();
        assertThat(after.bytes() - before.bytes()).isLessThan((ROUNDS - 1) * STREAMS_A_ROUND * BYTES_A_STREAM);
        assertThat(after.of(WATCH)).isLessThanOrEqualTo(before.of(WATCH));
        await().until(() -> connections() <= connections);
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_streams 0.0")
                .contains("redis_session_scaler_push_databases_events 0.0")
                .contains("redis_session_scaler_push_databases_polled 0.0"));
    }

    /** Half of them are cancelled one by one, the others lose their connection. */
    private void openAndDrop() {
        ManagedChannel doomed = NettyChannelBuilder.forAddress(
                        "127.0.0.1", scaler.scaler().grpcPort())
                .usePlaintext()
                .build();
        List<RecordedStream<ScaledObjectRef, ?, ?>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS_A_ROUND; i++) {
            ScaledObjectRef ref = RunningScaler.ref(
                    Map.of("metricName", "trigger_" + i % TRIGGERS, "databaseIndex", String.valueOf(i % 2)));
            boolean survives = i % 4 < 2;
            var stub = ExternalScalerGrpc.newStub(survives ? scaler.channel() : doomed);
            var activity = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            stub.streamIsActive(ref, activity);
            streams.add(activity);
        }
        await().until(() -> scaler.scaler().openStreams() == STREAMS_A_ROUND);
        doomed.shutdownNow();
        streams.forEach(RecordedStream::cancel);
        await().until(() -> scaler.scaler().openStreams() == 0);
        await().until(() -> jedis.pubsubNumPat() == 0);
    }

    /** What is on the heap once the last call is forgotten. */
    private static LiveObjects awaitNoStreams() {
        return await().until(
                        LiveObjects::count,
                        live -> live.of(ACTIVITY_STREAM) == 0
                                && live.of(OPEN_STREAM) == 0
                                && live.of(SERVER_CALL) == 0);
    }

    private long connections() {
        return jedis.clientList().lines().count();
    }
}
