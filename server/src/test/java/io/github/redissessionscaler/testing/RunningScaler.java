package io.github.redissessionscaler.testing;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The scaler as production wires it, on loopback, and a client that asks it as KEDA does. */
public final class RunningScaler implements AutoCloseable {

    /** Shorter than production's, for tests in which Redis is unavailable; what it answers may be late then on a busy machine. */
    public static final Duration SHORT_ANSWER_TIMEOUT = Duration.ofMillis(500);

    /** Longer than any hiccup of a busy machine. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final Scaler scaler;
    private final ManagedChannel channel;

    private RunningScaler(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of(
                "LISTEN_ADDRESS",
                "127.0.0.1",
                "GRPC_PORT",
                "0",
                "MANAGEMENT_PORT",
                "0",
                "ANSWER_TIMEOUT",
                Durations.format(ANSWER_TIMEOUT),
                "KEEPALIVE",
                "1s"));
        all.putAll(environment);
        scaler = Scaler.start(ConfigSource.of(all), _ -> {});
        channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                .usePlaintext()
                .build();
    }

    /** A scaler with these environment variables. */
    public static RunningScaler with(Map<String, String> environment) {
        return new RunningScaler(environment);
    }

    /** The same, which answers soon when its Redis is unavailable. */
    public static RunningScaler impatient(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("ANSWER_TIMEOUT", Durations.format(SHORT_ANSWER_TIMEOUT));
        return new RunningScaler(all);
    }

    /** A scaler with one connection, {@code default}, to a server on this port of loopback; it polls and repeats often. */
    public static RunningScaler onPort(int redisPort) {
        return onPort(redisPort, Duration.ofMillis(100), Duration.ofMillis(500));
    }

    /** The same with a pace of the test's own; the longest that the scaler takes is an hour. */
    public static RunningScaler onPort(int redisPort, Duration poll, Duration heartbeat) {
        Duration longest = Duration.ofHours(1);
        Duration rarely = poll.multipliedBy(4);
        return new RunningScaler(Map.of(
                "REDIS_ADDRESS",
                "127.0.0.1:" + redisPort,
                "PUSH_POLL_MIN",
                Durations.format(poll),
                "PUSH_POLL_MAX",
                Durations.format(rarely.compareTo(longest) < 0 ? rarely : longest),
                "HEARTBEAT",
                Durations.format(heartbeat)));
    }

    public Scaler scaler() {
        return scaler;
    }

    public ManagedChannel channel() {
        return channel;
    }

    public ExternalScalerGrpc.ExternalScalerBlockingStub stub() {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(1, TimeUnit.MINUTES);
    }

    public static ScaledObjectRef ref(Map<String, String> metadata) {
        return ScaledObjectRef.newBuilder()
                .setName("web")
                .setNamespace("shop")
                .putAllScalerMetadata(metadata)
                .build();
    }

    public boolean isActive(Map<String, String> metadata) {
        return stub().isActive(ref(metadata)).getResult();
    }

    public MetricSpec metricSpec(Map<String, String> metadata) {
        return stub().getMetricSpec(ref(metadata)).getMetricSpecs(0);
    }

    public double metric(Map<String, String> metadata) {
        return stub().getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(ref(metadata))
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }

    /** A scrape of the metrics. */
    public String scrape() {
        return get("/metrics?detail=all").body();
    }

    /** What the management port answers. */
    public HttpResponse<String> get(String path) {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + scaler.managementPort() + path))
                    .build();
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        scaler.close();
    }
}
