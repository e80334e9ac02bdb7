package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.activity.ActivityHub;
import io.github.redissessionscaler.activity.Client;
import io.github.redissessionscaler.activity.Subscription;
import io.github.redissessionscaler.evaluation.Asked;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.BiFunction;

/** The external scaler that KEDA asks. Its methods run on the few threads of the network, and do not block. */
final class ExternalScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {

    private final Evaluator evaluator;
    private final ActivityHub hub;
    private final Answers answers;

    ExternalScalerService(Evaluator evaluator, ActivityHub hub, Answers answers) {
        this.evaluator = evaluator;
        this.hub = hub;
        this.answers = answers;
    }

    @Override
    public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
        answers.answer(
                request,
                observer,
                (asked, deadline) -> evaluator.active(asked, deadline).thenApply(ExternalScalerService::active));
    }

    @Override
    public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
        answers.answer(
                request,
                observer,
                (asked, deadline) -> evaluator.target(asked, deadline).thenApply(target -> spec(asked, target)));
    }

    @Override
    public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> observer) {
        answers.answer(
                request.getScaledObjectRef(),
                observer,
                (asked, deadline) -> evaluator.value(asked, deadline).thenApply(value -> metrics(asked, value)));
    }

    @Override
    public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
        stream(request, observer, hub::watchActivity, (asked, active) -> active(active));
    }

    @Override
    public void streamMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
        stream(request, observer, hub::watchTarget, ExternalScalerService::spec);
    }

    private <V, R> void stream(
            ScaledObjectRef request,
            StreamObserver<R> observer,
            BiFunction<Asked, Client<V>, Subscription<V>> watch,
            BiFunction<Asked, V, R> message) {
        try {
            Asked asked = answers.asked(request);
            OpenStream.<V, R>open(
                    (ServerCallStreamObserver<R>) observer,
                    value -> message.apply(asked, value),
                    client -> watch.apply(asked, client));
        } catch (RuntimeException e) {
            observer.onError(Failures.toStatus(e));
        }
    }

    private static IsActiveResponse active(boolean active) {
        return IsActiveResponse.newBuilder().setResult(active).build();
    }

    @SuppressWarnings("deprecation") // KEDA before 2.17 reads the integers only
    private static GetMetricSpecResponse spec(Asked asked, double target) {
        return GetMetricSpecResponse.newBuilder()
                .addMetricSpecs(MetricSpec.newBuilder()
                        .setMetricName(asked.trigger().metricName())
                        .setTargetSize(wholeNumber(target))
                        .setTargetSizeFloat(target))
                .build();
    }

    @SuppressWarnings("deprecation") // KEDA before 2.17 reads the integers only
    private static GetMetricsResponse metrics(Asked asked, double value) {
        return GetMetricsResponse.newBuilder()
                .addMetricValues(MetricValue.newBuilder()
                        .setMetricName(asked.trigger().metricName())
                        .setMetricValue(wholeNumber(value))
                        .setMetricValueFloat(value))
                .build();
    }

    /** The nearest integer, but never 0 for something that is there. */
    private static long wholeNumber(double number) {
        return number > 0 ? Math.max(1, Math.round(number)) : 0;
    }
}
