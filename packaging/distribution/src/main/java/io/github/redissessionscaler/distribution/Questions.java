package io.github.redissessionscaler.distribution;

import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/** What KEDA, Kubernetes, Prometheus and people ask a scaler, each once. */
final class Questions implements AutoCloseable {

    private static final List<Map<String, String>> TRIGGERS = List.of(
            Map.of(),
            Map.of("wholeReplicas", "true", "headroom", "10%", "onUnavailable", "hold", "holdFor", "10m"),
            Map.of("preset", "spring-session"),
            Map.of("keyPattern", "session:*", "accuracy", "exact"),
            Map.of("keyPattern", "session:*", "accuracy", "estimate"),
            Map.of("key", "users", "activeWithin", "30m"),
            Map.of("activeKey", "active"));

    private static final Map<String, String> WRONG = Map.of("sessionSize", "many");

    private static final List<String> PATHS = List.of("/", "/livez", "/readyz", "/metrics", "/metrics?detail=all");

    private static final int ANSWER_WITHIN_SECONDS = 30;

    private final ManagedChannel channel;
    private final int managementPort;
    private final Jedis redis;

    Questions(int grpcPort, int managementPort, int redisPort) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        this.managementPort = managementPort;
        redis = new Jedis("127.0.0.1", redisPort);
    }

    void ask() throws IOException {
        for (int i = 0; i < 200; i++) {
            redis.set("session:" + i, "x");
        }
        redis.zadd("users", System.currentTimeMillis(), "one");
        redis.set("size", "50");
        redis.set("active", "1");
        HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        TRIGGERS.forEach(metadata -> poll(trigger(metadata)));
        try {
            poll(trigger(WRONG));
            throw new IOException("the scaler takes " + WRONG);
        } catch (StatusRuntimeException e) {
            // which is what was to be learnt
        }
        watch();
        for (String path : PATHS) {
            read(URI.create("http://127.0.0.1:" + managementPort + path));
        }
    }

    private void poll(ScaledObjectRef trigger) {
        var scaler = ExternalScalerGrpc.newBlockingStub(channel);
        scaler.getMetricSpec(trigger);
        scaler.getMetrics(
                GetMetricsRequest.newBuilder().setScaledObjectRef(trigger).build());
        scaler.isActive(trigger);
        ExplainerGrpc.newBlockingStub(channel).explain(trigger);
    }

    /** Opens the stream of a trigger, and reads on until a change in Redis has come through. */
    private void watch() {
        ScaledObjectRef trigger = trigger(Map.of("activeKey", "active"));
        var scaler =
                ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        Iterator<IsActiveResponse> activity = scaler.streamIsActive(trigger);
        activity.next();
        redis.set("active", "0");
        activity.next();
    }

    private static ScaledObjectRef trigger(Map<String, String> metadata) {
        return ScaledObjectRef.newBuilder()
                .setName("training")
                .setNamespace("default")
                .putAllScalerMetadata(metadata)
                .build();
    }

    private static void read(URI page) throws IOException {
        var connection = (HttpURLConnection) page.toURL().openConnection();
        if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
            try (InputStream in = connection.getInputStream()) {
                in.readAllBytes();
            }
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        redis.close();
    }
}
