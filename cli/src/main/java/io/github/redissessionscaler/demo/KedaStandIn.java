package io.github.redissessionscaler.demo;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.keda.Autoscaler;
import io.github.redissessionscaler.keda.ScalerResponse;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.simulation.DurationFormat;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Stands in for KEDA, the HPA and the cluster of one ScaledObject: asks the scaler over gRPC as they do, at their pace in the
 * time of the day, and scales. For one thread, except for the figures.
 */
final class KedaStandIn implements AutoCloseable {

    private final DemoScaledObject shop;
    private final Day day;
    private final LongSupplier sessions;
    private final Narrator narrator;
    private final ManagedChannel channel;
    private final ExternalScalerGrpc.ExternalScalerBlockingStub scaler;
    private final MetricSpec spec;
    private final Autoscaler autoscaler;
    private Instant nextPoll;
    private Instant nextSync;
    private Instant accounted;
    private volatile boolean pushed;
    private volatile long replicas = 1;
    private volatile Duration overloaded = Duration.ZERO;
    private volatile Duration replicaTime = Duration.ZERO;

    /**
     * One replica runs.
     *
     * @param grpcPort of the scaler, on loopback
     * @param sessions how many there are, to see overloads by
     */
    KedaStandIn(DemoScaledObject shop, Day day, int grpcPort, LongSupplier sessions, Narrator narrator) {
        this.shop = shop;
        this.day = day;
        this.sessions = sessions;
        this.narrator = narrator;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        scaler = ExternalScalerGrpc.newBlockingStub(channel);
        spec = scaler.getMetricSpec(shop.ref()).getMetricSpecs(0);
        Instant now = day.now();
        autoscaler = new Autoscaler(DemoScaledObject.SPEC, replicas, now);
        nextPoll = now;
        nextSync = now;
        accounted = now;
        if (shop.pushed()) {
            ExternalScalerGrpc.newStub(channel).streamIsActive(shop.ref(), new Pushes());
        }
    }

    DemoScaledObject shop() {
        return shop;
    }

    /** How many replicas run. Thread-safe. */
    long replicas() {
        return replicas;
    }

    /** For how long there were more sessions than they can take. Thread-safe. */
    Duration overloaded() {
        return overloaded;
    }

    /** The comparison in one line. Thread-safe. */
    String summary() {
        return "%s   overloaded for %s, %s replica hours"
                .formatted(shop.name(), DurationFormat.time(overloaded), DurationFormat.hours(replicaTime));
    }

    /** Added up over all replicas. Thread-safe. */
    Duration replicaTime() {
        return replicaTime;
    }

    /** Does what is due. */
    void runDue() {
        account();
        if (pushed) {
            pushed = false;
            decided(autoscaler.pushedActive(day.now()));
        }
        if (!day.now().isBefore(nextPoll)) {
            nextPoll = day.now().plus(DemoScaledObject.SPEC.pollingInterval());
            decided(autoscaler.poll(() -> List.of(ask()), day.now()));
        }
        if (!day.now().isBefore(nextSync)) {
            nextSync = day.now().plus(Autoscaler.SYNC_PERIOD);
            decided(autoscaler.sync(() -> List.of(ask()), day.now()));
        }
    }

    private ScalerResponse ask() {
        try {
            double value = scaler.getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(shop.ref())
                            .setMetricName(spec.getMetricName())
                            .build())
                    .getMetricValues(0)
                    .getMetricValueFloat();
            boolean active = scaler.isActive(shop.ref()).getResult();
            return new ScalerResponse.MetricValues(value, spec.getTargetSizeFloat(), active);
        } catch (StatusRuntimeException e) {
            return new ScalerResponse.Failure(spec.getTargetSizeFloat());
        }
    }

    private void decided(Decision decision) {
        long before = replicas;
        replicas = decision.replicas();
        narrator.decided(this, before, decision.reason());
    }

    /** Of the day alone, not of what comes after it. */
    private void account() {
        Instant now = day.now().isBefore(day.end()) ? day.now() : day.end();
        Duration passed = Duration.between(accounted, now);
        accounted = now;
        replicaTime = replicaTime.plus(passed.multipliedBy(replicas));
        if (sessions.getAsLong() > replicas * DemoScaledObject.SESSION_SIZE) {
            overloaded = overloaded.plus(passed);
        }
    }

    /** Ends the calls under way. */
    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** What the scaler pushes. */
    private final class Pushes implements StreamObserver<IsActiveResponse> {
        @Override
        public void onNext(IsActiveResponse response) {
            pushed |= response.getResult();
        }

        @Override
        public void onError(Throwable failure) {
            // the end of the demonstration
        }

        @Override
        public void onCompleted() {
            // likewise
        }
    }
}
