package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
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
     * @throws IllegalStateException if the answer has no metric or no target
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
            MetricSpec spec =
                    first(stub(channel, timeout).getMetricSpec(ref).getMetricSpecsList(), "GetMetricSpec", scaler);
            GetMetricsResponse metrics = stub(channel, timeout)
                    .getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(ref)
                            .setMetricName(spec.getMetricName())
                            .build());
            MetricValue value = first(metrics.getMetricValuesList(), "GetMetrics", scaler);
            boolean active = stub(channel, timeout).isActive(ref).getResult();
            return new CheckResult(
                    active,
                    spec.getMetricName(),
                    target(spec, scaler),
                    OptionalDouble.of(value(value)),
                    Optional.empty(),
                    explanation(channel, timeout, ref),
                    Optional.empty());
        } finally {
            channel.shutdownNow();
        }
    }

    private static <T> T first(List<T> answer, String method, Node scaler) {
        if (answer.isEmpty()) {
            throw wrong(scaler, "returned no metric to " + method);
        }
        return answer.getFirst();
    }

    /** As KEDA reads it: the integer if the other one is not set. */
    @SuppressWarnings("deprecation") // scalers for KEDA before 2.17 set it alone
    private static double target(MetricSpec spec, Node scaler) {
        double target = spec.getTargetSizeFloat() > 0 ? spec.getTargetSizeFloat() : spec.getTargetSize();
        if (target <= 0) {
            throw wrong(scaler, "returned a target of " + Numbers.plain(target) + ", which must be more than 0");
        }
        return target;
    }

    /** As {@link #target}. */
    @SuppressWarnings("deprecation") // scalers for KEDA before 2.17 set it alone
    private static double value(MetricValue value) {
        return value.getMetricValueFloat() > 0 ? value.getMetricValueFloat() : value.getMetricValue();
    }

    private static IllegalStateException wrong(Node scaler, String what) {
        return new IllegalStateException(
                "the scaler at " + scaler + " " + what + "; KEDA cannot use it: correct that scaler's answer");
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
