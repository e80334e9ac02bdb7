package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerFutureStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;

/**
 * KEDA's polls, {@code GetMetricSpec}, {@code GetMetrics} and {@code IsActive}: of the scaler, of a server that answers constants with the same
 * options, and, for what Redis alone costs, PING over bare sockets. The rounds take turns, so that all see the same machine.
 */
final class PollsBenchmark {

    private static final int WARM_UP_ROUNDS = 1;
    private static final int ROUNDS = 4;
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What 10,000 triggers make at most: 18 a minute each, where they may scale to zero. */
    private static final int CALLS_PER_SECOND = 3_000;

    private static final ScaledObjectRef TRIGGER = ScaledObjectRef.newBuilder()
            .setName("web")
            .setNamespace("shop")
            .putScalerMetadata("scalerAddress", "redis-session-scaler:6000")
            .putScalerMetadata("sessionSize", "100")
            .build();
    private static final GetMetricsRequest METRICS =
            GetMetricsRequest.newBuilder().setScaledObjectRef(TRIGGER).build();

    private PollsBenchmark() {}

    static void run(
            PrintStream out, ManagedChannel channel, ScalerProcess scaler, ScalerProcess constants, int redisPort)
            throws Exception {
        var ofScaler = new Target(scaler, channel);
        var ofConstants = new Target(constants, constants.channel());
        for (int inFlight : List.of(16, 128)) {
            asFastAsPossible(out, inFlight, ofScaler, ofConstants, redisPort);
        }
        atAFixedRate(out, ofScaler, ofConstants);
        out.printf(
                "resident, after all that: %.0f MiB, the constants' server %.0f MiB%n",
                scaler.residentMib(), constants.residentMib());
        ofConstants.channel.shutdownNow();
    }

    private static void asFastAsPossible(PrintStream out, int inFlight, Target scaler, Target constant, int redisPort)
            throws Exception {
        var polls = new Tally();
        var constants = new Tally();
        var pings = new Tally();
        for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
            Tally ofScaler = scaler.timed(to -> closedLoop(inFlight, () -> polls(to)));
            Tally ofConstants = constant.timed(to -> closedLoop(inFlight, () -> polls(to)));
            Tally ofRedis = closedLoop(Math.min(inFlight, 16), () -> pings(redisPort));
            if (round >= WARM_UP_ROUNDS) {
                polls.add(ofScaler);
                constants.add(ofConstants);
                pings.add(ofRedis);
            }
        }
        out.printf("%d in flight, as fast as they are answered%n", inFlight);
        out.println("  the scaler:          " + polls);
        out.println("  constants:           " + constants);
        out.println("  PING, bare sockets:  " + pings);
        out.printf("  calls a second, scaler / constants:  %.2f%n", polls.perSecond() / constants.perSecond());
        tellProcessorTime(out, polls, constants);
    }

    private static void atAFixedRate(PrintStream out, Target scaler, Target constant) throws Exception {
        var polls = new Tally();
        var constants = new Tally();
        for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
            Tally ofScaler = scaler.timed(PollsBenchmark::openLoop);
            Tally ofConstants = constant.timed(PollsBenchmark::openLoop);
            if (round >= WARM_UP_ROUNDS) {
                polls.add(ofScaler);
                constants.add(ofConstants);
            }
        }
        out.printf("%,d calls a second, each timed from when it was due%n", CALLS_PER_SECOND);
        out.println("  the scaler:          " + polls);
        out.println("  constants:           " + constants);
        out.printf(
                "  p99, scaler / constants:             %.2f%n",
                polls.latencies.quantile(0.99) / constants.latencies.quantile(0.99));
        tellProcessorTime(out, polls, constants);
    }

    private static void tellProcessorTime(PrintStream out, Tally polls, Tally constants) {
        out.printf(
                "  processor time for 1,000 calls:      scaler %.0f ms, constants %.0f ms%n",
                polls.processorMillisPerThousand(), constants.processorMillisPerThousand());
    }

    /** A server and the way to it. */
    private record Target(ScalerProcess process, ManagedChannel channel) {

        interface Round {
            Tally run(ManagedChannel channel) throws Exception;
        }

        /** The tally of the round, with the processor time that the server took meanwhile. */
        Tally timed(Round round) throws Exception {
            Duration before = process.processorTime();
            Tally tally = round.run(channel);
            tally.processorNanos = process.processorTime().minus(before).toNanos();
            return tally;
        }
    }

    private static Callable<Boolean> polls(ManagedChannel channel) {
        var stub = ExternalScalerGrpc.newBlockingStub(channel);
        int[] call = {0};
        return () -> switch (call[0]++ % 3) {
            case 0 -> stub.getMetricSpec(TRIGGER).getMetricSpecsCount() == 1;
            case 1 -> stub.getMetrics(METRICS).getMetricValuesCount() == 1;
            default -> stub.isActive(TRIGGER).getResult();
        };
    }

    private static Callable<Boolean> pings(int redisPort) {
        var jedis = new Jedis("127.0.0.1", redisPort);
        return () -> jedis.ping().equals("PONG");
    }

    /** Clients that each ask again as soon as they are answered. */
    private static Tally closedLoop(int inFlight, Supplier<Callable<Boolean>> newClient) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + ROUND_NANOS;
            List<Future<Latencies>> clients = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                Callable<Boolean> client = newClient.get();
                clients.add(executor.submit(() -> {
                    var latencies = new Latencies();
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        if (!client.call()) {
                            throw new IllegalStateException("a wrong answer");
                        }
                        latencies.add(System.nanoTime() - start);
                    }
                    return latencies;
                }));
            }
            var tally = new Tally();
            for (Future<Latencies> client : clients) {
                tally.latencies.addAll(client.get());
            }
            tally.nanos = ROUND_NANOS;
            return tally;
        }
    }

    private static Tally openLoop(ManagedChannel channel) throws InterruptedException {
        ExternalScalerFutureStub stub = ExternalScalerGrpc.newFutureStub(channel);
        var tally = new Tally();
        tally.latencies.addAll(FixedRate.run(CALLS_PER_SECOND, Duration.ofNanos(ROUND_NANOS), i -> switch (i % 3) {
            case 0 -> stub.getMetricSpec(TRIGGER);
            case 1 -> stub.getMetrics(METRICS);
            default -> stub.isActive(TRIGGER);
        }));
        tally.nanos = ROUND_NANOS;
        return tally;
    }

    private static final class Tally {
        private final Latencies latencies = new Latencies();
        private long nanos;
        private long processorNanos;

        void add(Tally other) {
            processorNanos += other.processorNanos;
            latencies.addAll(other.latencies);
            nanos += other.nanos;
        }

        double perSecond() {
            return latencies.count() / (nanos / 1e9);
        }

        double processorMillisPerThousand() {
            return processorNanos / 1e3 / latencies.count();
        }

        @Override
        public String toString() {
            return "%,8.0f/s, %s".formatted(perSecond(), latencies);
        }
    }
}
