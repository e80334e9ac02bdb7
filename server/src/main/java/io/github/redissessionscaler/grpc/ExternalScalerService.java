package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.push.StreamHub;
import io.github.redissessionscaler.trigger.MetricSpec;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The external scaler that KEDA calls. Its methods run on the network threads and must not block. */
final class ExternalScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {

    private static final long MILLI = 1000;

    private final Evaluator evaluator;
    private final StreamHub hub;
    private final UnaryCalls answers;

    ExternalScalerService(Evaluator evaluator, StreamHub hub, UnaryCalls answers) {
        this.evaluator = evaluator;
        this.hub = hub;
        this.answers = answers;
    }

    @Override
    public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
        answers.answer(
                request,
                observer,
                (ref, deadline) -> evaluator.active(ref, deadline).thenApply(ExternalScalerService::active));
    }

    /** Depends on the metadata only, so it works while Redis is unavailable: see {@link MetricSpec}. */
    @Override
    @SuppressWarnings("deprecation") // KEDA before 2.17 reads the integers only
    public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
        MetricSpec metric = MetricSpec.of(request.getScalerMetadataMap());
        observer.onNext(GetMetricSpecResponse.newBuilder()
                .addMetricSpecs(io.github.redissessionscaler.proto.MetricSpec.newBuilder()
                        .setMetricName(metric.name())
                        .setTargetSize(Math.max(1, Math.round(metric.target())))
                        .setTargetSizeFloat(metric.target()))
                .build());
        observer.onCompleted();
    }

    @Override
    public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> observer) {
        answers.answer(
                request.getScaledObjectRef(),
                observer,
                (ref, deadline) -> evaluator.value(ref, deadline).thenApply(value -> metrics(ref, value)));
    }

    @Override
    public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
        try {
            TriggerRef ref = answers.triggers().of(request);
            OpenStream.open(
                    (ServerCallStreamObserver<IsActiveResponse>) observer, client -> hub.watchActivity(ref, client));
        } catch (RuntimeException e) {
            observer.onError(answers.failed(request, e));
        }
    }

    private static IsActiveResponse active(boolean active) {
        return IsActiveResponse.newBuilder().setResult(active).build();
    }

    @SuppressWarnings("deprecation") // KEDA before 2.17 reads the integers only
    private static GetMetricsResponse metrics(TriggerRef ref, double value) {
        return GetMetricsResponse.newBuilder()
                .addMetricValues(MetricValue.newBuilder()
                        .setMetricName(ref.trigger().metricName())
                        .setMetricValue(roundedUp(value))
                        .setMetricValueFloat(value))
                .build();
    }

    /** Rounds up to an integer, after rounding to thousandths as the HPA does: one less could be one replica less. */
    private static long roundedUp(double value) {
        return Math.ceilDiv(Math.round(value * MILLI), MILLI);
    }
}
