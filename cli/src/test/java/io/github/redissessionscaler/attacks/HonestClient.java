package io.github.redissessionscaler.attacks;

import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Somebody who asks for the same number again and again, as KEDA does, over one connection that is open before the attack, or
 * over a new one for each call.
 */
final class HonestClient implements AutoCloseable {

    /** How often it asks. */
    private static final Duration EVERY = Duration.ofMillis(50);

    /** How many calls there are from one question for the age of the count to the next. */
    private static final int CALLS_BETWEEN_AGES = 10;

    /**
     * What became of its calls.
     *
     * @param late came after the time within which every call is answered
     * @param wrong gave another number than there is
     * @param failed gave none
     * @param slowest took so long
     * @param oldest the greatest age of a count
     */
    record Report(
            int calls, int late, int wrong, int failed, Duration slowest, Duration oldest, Optional<String> failure) {}

    private final Supplier<ManagedChannel> channels;
    private final boolean newConnections;
    private final ScaledObjectRef trigger;
    private ManagedChannel channel;
    private final double expected;
    private final Duration bound;
    private final Thread thread;
    private volatile boolean ended;
    private int calls;
    private int late;
    private int wrong;
    private int failed;
    private Duration slowest = Duration.ZERO;
    private Duration oldest = Duration.ZERO;
    private Optional<String> failure = Optional.empty();

    /**
     * Begins to ask, once the number is right.
     *
     * @param newConnections whether each call has a connection of its own
     * @param expected the number that is right
     * @param bound within which an answer is not late
     */
    HonestClient(
            Supplier<ManagedChannel> channels,
            boolean newConnections,
            Map<String, String> metadata,
            double expected,
            Duration bound) {
        this.channels = channels;
        this.newConnections = newConnections;
        this.channel = channels.get();
        this.trigger = RunningScaler.ref(metadata);
        this.expected = expected;
        this.bound = bound;
        await().ignoreExceptions().until(() -> number() == expected);
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
        return new Report(calls, late, wrong, failed, slowest, oldest, failure);
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
            if (newConnections) {
                channel.shutdownNow();
                channel = channels.get();
            }
            if (number() != expected) {
                wrong++;
            }
        } catch (StatusRuntimeException e) {
            failed++;
            failure = Optional.of(e.getStatus().toString());
        }
        if (calls % CALLS_BETWEEN_AGES == 0) {
            askAge();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (took.compareTo(bound) > 0) {
            late++;
        }
        if (took.compareTo(slowest) > 0) {
            slowest = took;
        }
    }

    private double number() {
        return ExternalScalerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.MINUTES)
                .getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(trigger)
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }

    private void askAge() {
        try {
            double seconds = ExplainerGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.MINUTES)
                    .explain(trigger)
                    .getCount()
                    .getAgeSeconds();
            Duration age = Duration.ofMillis((long) (seconds * 1_000));
            oldest = age.compareTo(oldest) > 0 ? age : oldest;
        } catch (StatusRuntimeException e) {
            failed++;
            failure = Optional.of(e.getStatus().toString());
        }
    }
}
