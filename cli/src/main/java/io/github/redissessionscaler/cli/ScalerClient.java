package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Asks a scaler in the order in which KEDA does. */
final class ScalerClient {

    private ScalerClient() {}

    /**
     * What the scaler answers.
     *
     * @param credentials plain text or TLS
     * @param timeout of each call, which KEDA does not set
     * @throws io.grpc.StatusRuntimeException if it does not answer, or answers with an error
     */
    static CheckResult ask(
            Node scaler,
            ChannelCredentials credentials,
            String namespace,
            String name,
            Map<String, String> metadata,
            Duration timeout) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(scaler.host(), scaler.port(), credentials)
                .build();
        try {
            ScaledObjectRef ref = ScaledObjectRef.newBuilder()
                    .setName(name)
                    .setNamespace(namespace)
                    .putAllScalerMetadata(metadata)
                    .build();
            MetricSpec spec = stub(channel, timeout).getMetricSpec(ref).getMetricSpecs(0);
            GetMetricsResponse metrics = stub(channel, timeout)
                    .getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(ref)
                            .setMetricName(spec.getMetricName())
                            .build());
            boolean active = stub(channel, timeout).isActive(ref).getResult();
            return new CheckResult(
                    active,
                    spec.getMetricName(),
                    spec.getTargetSizeFloat(),
                    OptionalDouble.of(metrics.getMetricValues(0).getMetricValueFloat()),
                    Optional.empty(),
                    explanation(channel, timeout, ref),
                    Optional.empty());
        } finally {
            channel.shutdownNow();
        }
    }

    /** Empty for a scaler of another make. */
    private static Optional<Explanation> explanation(ManagedChannel channel, Duration timeout, ScaledObjectRef ref) {
        try {
            return Optional.of(ExplainerGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .explain(ref));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ExternalScalerGrpc.ExternalScalerBlockingStub stub(ManagedChannel channel, Duration timeout) {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
