package io.github.redissessionscaler.grpc;

import static io.github.redissessionscaler.grpc.Requests.lenient;

import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.push.StreamHub;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The gRPC server: the external scaler, health for each service, and reflection. Its health does not depend on Redis. */
public final class GrpcServer implements AutoCloseable {

    /** KEDA sends a few hundred bytes of metadata. */
    private static final int LARGEST_REQUEST_BYTES = 128 * 1024;

    /** A client must answer a keepalive ping within this part of the keepalive time. */
    private static final int KEEPALIVE_PARTS = 3;

    /** Time for cancelled connections to close. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(500);

    private final Optional<ServerTls> tls;
    private final Optional<RefusedHandshakes> refusals;
    private final EventLoopGroup acceptor = group(1, "grpc accept");
    private final EventLoopGroup network = group(2 * Runtime.getRuntime().availableProcessors(), "grpc");
    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();

    private GrpcServer(
            ServerConfig config,
            Evaluator evaluator,
            StreamHub hub,
            RefusedTriggers refused,
            Observations observed,
            Telemetry telemetry) {
        tls = config.grpcTls().map(ServerTls::of);
        refusals = tls.map(_ -> RefusedHandshakes.listen(telemetry));
        Duration keepalive = config.keepalive();
        var answers = new UnaryCalls(config.answerTimeout(), new TriggerCache(evaluator::admit), refused);
        var metrics = new CallMetrics(telemetry);
        var connections = new Connections(config.answerTimeout(), telemetry, this::checkTrust);
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.listenAddress(), config.grpcPort()),
                        tls.map(ServerTls::credentials).orElseGet(InsecureServerCredentials::create))
                .directExecutor()
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(network)
                .channelFactory(() -> new BoundedServerChannel(connections, ServerLimits.HANDSHAKE))
                .withOption(ChannelOption.SO_RCVBUF, ServerLimits.UNREAD)
                .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, ServerLimits.READS)
                .addTransportFilter(connections)
                .intercept(new CallLimits())
                .addService(lenient(
                        ServerInterceptors.intercept(new ExternalScalerService(evaluator, hub, answers), metrics)))
                .addService(lenient(
                        ServerInterceptors.intercept(new ExplainerService(evaluator, observed, answers), metrics)))
                .addService(lenient(health.getHealthService().bindService()))
                .addService(lenient(ProtoReflectionServiceV1.newInstance().bindService()))
                .handshakeTimeout(ServerLimits.HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(LARGEST_REQUEST_BYTES)
                .keepAliveTime(keepalive.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(keepalive.toMillis() / KEEPALIVE_PARTS, TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
        health.setStatus(ExternalScalerGrpc.SERVICE_NAME, ServingStatus.SERVING);
        tls.ifPresent(files -> measure(files, telemetry));
    }

    /**
     * Starts a server.
     *
     * @param refused records each refused trigger
     * @throws UncheckedIOException if the port cannot be bound
     * @throws io.github.redissessionscaler.input.InvalidInputException if the files for TLS cannot be used
     */
    public static GrpcServer start(
            ServerConfig config,
            Evaluator evaluator,
            StreamHub hub,
            RefusedTriggers refused,
            Observations observed,
            Telemetry telemetry) {
        var server = new GrpcServer(config, evaluator, hub, refused, observed, telemetry);
        try {
            server.server.start();
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        }
        return server;
    }

    private static EventLoopGroup group(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads, Thread.ofPlatform().daemon().name(name + " ", 0).factory(), NioIoHandler.newFactory());
    }

    /** Checks the certificate of every connection, because TLS does not check it again when a session is resumed. */
    private void checkTrust(Attributes transport) throws Exception {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session != null && tls.isPresent()) {
            try {
                tls.get().checkClient(session);
            } catch (CertificateException | SSLPeerUnverifiedException e) {
                refusals.ifPresent(listener -> listener.refused(e));
                throw e;
            }
        }
    }

    private static void measure(ServerTls tls, Telemetry telemetry) {
        telemetry.gauge(
                Metric.GRPC_CERTIFICATE_EXPIRY_TIMESTAMP_SECONDS,
                () -> tls.expiry().getEpochSecond());
        telemetry.gauge(
                Metric.GRPC_CERTIFICATE_LIFETIME_SECONDS, () -> tls.lifetime().toSeconds());
        telemetry.gauge(Metric.GRPC_CERTIFICATE_REFUSED, () -> tls.refused() ? 1 : 0);
    }

    /** Reloads the TLS files, if there are any. They apply to new connections only. */
    public void rereadCertificates() {
        tls.ifPresent(ServerTls::reread);
    }

    public int port() {
        return server.getPort();
    }

    /** Reports NOT_SERVING to health checks, while calls are still accepted. */
    public void reportNotServing() {
        health.enterTerminalState();
    }

    /** Stops accepting calls and waits for those in progress. */
    public void drain(Duration atMost) {
        server.shutdown();
        awaitEnd(atMost);
    }

    /** Cancels the calls still in progress. */
    @Override
    public void close() {
        server.shutdownNow();
        awaitEnd(LAST_MOMENT);
        var _ = acceptor.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        var _ = network.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        refusals.ifPresent(RefusedHandshakes::close);
    }

    private void awaitEnd(Duration atMost) {
        try {
            server.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
