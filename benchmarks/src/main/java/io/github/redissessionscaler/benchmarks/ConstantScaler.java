package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/**
 * A plain gRPC server that answers KEDA's polls with constants, its calls on virtual threads as gRPC hands them out: what gRPC
 * itself costs. A process of its own, started with the options that the scaler ships with.
 */
final class ConstantScaler extends ExternalScalerGrpc.ExternalScalerImplBase {

    private static final IsActiveResponse ACTIVE =
            IsActiveResponse.newBuilder().setResult(true).build();
    private static final GetMetricsResponse METRICS = GetMetricsResponse.newBuilder()
            .addMetricValues(
                    MetricValue.newBuilder().setMetricName("session_size").setMetricValueFloat(42))
            .build();

    private static final GetMetricSpecResponse SPEC = GetMetricSpecResponse.newBuilder()
            .addMetricSpecs(
                    MetricSpec.newBuilder().setMetricName("session_size").setTargetSizeFloat(100))
            .build();

    public static void main(String[] args) throws Exception {
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(new ConstantScaler())
                .build()
                .start();
        System.out.println("Ready: gRPC on 127.0.0.1:" + server.getPort());
        server.awaitTermination();
    }

    @Override
    public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
        observer.onNext(ACTIVE);
        observer.onCompleted();
    }

    @Override
    public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
        observer.onNext(SPEC);
        observer.onCompleted();
    }

    @Override
    public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> observer) {
        observer.onNext(METRICS);
        observer.onCompleted();
    }
}
