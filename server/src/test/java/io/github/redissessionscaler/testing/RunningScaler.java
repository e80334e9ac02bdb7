package io.github.redissessionscaler.testing;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The scaler as production wires it, on loopback, and a client that asks it as KEDA does. */
public final class RunningScaler implements AutoCloseable {

    /** Shorter than production's, so that an outage is over sooner. */
    public static final Duration ANSWER_TIMEOUT = Duration.ofMillis(500);

    private final Scaler scaler;
    private final ManagedChannel channel;

    private RunningScaler(ServerConfig config) {
        scaler = Scaler.start(config);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                .usePlaintext()
                .build();
    }

    /** A scaler with one connection, {@code default}, to a server on this port of loopback; it polls and repeats often. */
    public static RunningScaler onPort(int redisPort) {
        return onPort(redisPort, Duration.ofMillis(100), Duration.ofMillis(500));
    }

    /** The same with a pace of the test's own. */
    public static RunningScaler onPort(int redisPort, Duration poll, Duration heartbeat) {
        return with(
                new ConnectionConfig(
                        ConnectionConfig.DEFAULT,
                        new Topology.Standalone(new Node("127.0.0.1", redisPort)),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Set.of()),
                poll,
                heartbeat);
    }

    /** A scaler with one connection of the test's own. */
    public static RunningScaler with(ConnectionConfig connection, Duration poll, Duration heartbeat) {
        return new RunningScaler(new ServerConfig(
                "127.0.0.1",
                0,
                0,
                ANSWER_TIMEOUT,
                Duration.ZERO,
                heartbeat,
                Duration.ofSeconds(1),
                poll,
                poll.multipliedBy(4),
                2000,
                Map.of(connection.name(), connection),
                ServerConfig.LogFormat.TEXT,
                "info"));
    }

    public Scaler scaler() {
        return scaler;
    }

    public ManagedChannel channel() {
        return channel;
    }

    public ExternalScalerGrpc.ExternalScalerBlockingStub stub() {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
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

    @Override
    public void close() {
        channel.shutdownNow();
        scaler.close();
    }
}
