package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.activity.ActivityHub;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server: the external scaler, health for each service, and reflection. Its health is its own: whether Redis
 * answers does not change it.
 */
public final class GrpcServer implements AutoCloseable {

    /** KEDA sends a few hundred bytes of metadata. */
    private static final int LARGEST_REQUEST_BYTES = 128 * 1024;

    /** A client that is asked whether it is still there has this part of the silence before to say so. */
    private static final int KEEPALIVE_PARTS = 3;

    /**
     * How long things take.
     *
     * @param answerTimeout within which every unary call is answered
     * @param keepalive after how long a silence a client is asked whether it is still there
     */
    public record Timing(Duration answerTimeout, Duration keepalive) {}

    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();

    private GrpcServer(
            InetSocketAddress address,
            Evaluator evaluator,
            ActivityHub hub,
            Timing timing,
            Telemetry telemetry,
            ExecutorService executor) {
        server = NettyServerBuilder.forAddress(address)
                .executor(executor)
                .addService(ServerInterceptors.intercept(
                        new ExternalScalerService(evaluator, hub, timing.answerTimeout()), new CallMetrics(telemetry)))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .maxInboundMessageSize(LARGEST_REQUEST_BYTES)
                .keepAliveTime(timing.keepalive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(timing.keepalive().toMillis() / KEEPALIVE_PARTS, TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
        health.setStatus(ExternalScalerGrpc.SERVICE_NAME, ServingStatus.SERVING);
    }

    /**
     * A server that takes calls.
     *
     * @param executor runs every call on a thread of its own, which may block
     * @throws UncheckedIOException if the port cannot be had
     */
    public static GrpcServer start(
            InetSocketAddress address,
            Evaluator evaluator,
            ActivityHub hub,
            Timing timing,
            Telemetry telemetry,
            ExecutorService executor) {
        var server = new GrpcServer(address, evaluator, hub, timing, telemetry, executor);
        try {
            server.server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server;
    }

    public int port() {
        return server.getPort();
    }

    /** Tells whoever asks for health that this server will take no more calls. It still does. */
    public void announceEnd() {
        health.enterTerminalState();
    }

    /** Takes no more calls, and gives those under way a moment to end. */
    public void drain(Duration atMost) {
        server.shutdown();
        try {
            server.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
