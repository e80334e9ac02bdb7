package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Somebody who asks for the same number again and again, as KEDA does, over one connection that is open before the attack. */
final class HonestClient implements AutoCloseable {

    /** How often it asks. */
    private static final Duration EVERY = Duration.ofMillis(50);

    /**
     * What became of its calls.
     *
     * @param late came after the time within which every call is answered
     * @param wrong gave another number than there is
     * @param failed gave none
     * @param slowest took so long
     */
    record Report(int calls, int late, int wrong, int failed, Duration slowest, Optional<String> failure) {}

    private final ManagedChannel channel;
    private final ExternalScalerGrpc.ExternalScalerBlockingStub stub;
    private final double expected;
    private final Duration bound;
    private final Thread thread;
    private volatile boolean ended;
    private int calls;
    private int late;
    private int wrong;
    private int failed;
    private Duration slowest = Duration.ZERO;
    private Optional<String> failure = Optional.empty();

    /**
     * Begins to ask.
     *
     * @param expected the number that is right
     * @param bound within which an answer is not late
     */
    HonestClient(ManagedChannel channel, double expected, Duration bound) {
        this.channel = channel;
        this.stub = ExternalScalerGrpc.newBlockingStub(channel);
        this.expected = expected;
        this.bound = bound;
        ask();
        this.thread = Thread.ofPlatform().name("honest client").start(this::run);
    }

    /** Ends the asking; returns what became of it. */
    Report end() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Report(calls, late, wrong, failed, slowest, failure);
    }

    @Override
    public void close() {
        ended = true;
        channel.shutdownNow();
    }

    private void run() {
        try {
            while (!ended) {
                ask();
                TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        long start = System.nanoTime();
        calls++;
        try {
            double number = stub.withDeadlineAfter(1, TimeUnit.MINUTES)
                    .getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(RunningScaler.ref(Map.of("onUnavailable", "error")))
                            .build())
                    .getMetricValues(0)
                    .getMetricValueFloat();
            if (number != expected) {
                wrong++;
            }
        } catch (StatusRuntimeException e) {
            failed++;
            failure = Optional.of(e.getStatus().toString());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (took.compareTo(bound) > 0) {
            late++;
        }
        if (took.compareTo(slowest) > 0) {
            slowest = took;
        }
    }
}
