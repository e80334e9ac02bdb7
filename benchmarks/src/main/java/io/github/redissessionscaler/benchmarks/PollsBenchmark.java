package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerFutureStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/**
 * KEDA's polls, {@code GetMetricSpec}, {@code GetMetrics} and {@code IsActive}: of the scaler, of a server that answers constants with the same
 * options, of a Go scaler that does what the original Go sample does, and, for what Redis alone costs, PING over bare sockets. The
 * rounds take turns, so that all see the same machine. Each server has had a minute of load before: a JVM compiles what is called often.
 */
final class PollsBenchmark {

    /** Of 128 calls in flight, before all measurements. */
    private static final int FIRST_ROUNDS = 12;

    private static final int WARM_UP_ROUNDS = 1;
    private static final int ROUNDS = 4;
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Calls a second: many triggers, and few. */
    private static final List<Integer> RATES = List.of(2_000, 20);

    private static final String SCALER = "the scaler";
    private static final String CONSTANTS = "constants";
    private static final String GO_SAMPLE = "Go sample";
    private static final String PINGS = "PING, bare sockets";

    private static final ScaledObjectRef TRIGGER = ScaledObjectRef.newBuilder()
            .setName("web")
            .setNamespace("shop")
            .putScalerMetadata("scalerAddress", "redis-session-scaler:6000")
            .putScalerMetadata("sessionSize", "100")
            .build();
    private static final GetMetricsRequest METRICS =
            GetMetricsRequest.newBuilder().setScaledObjectRef(TRIGGER).build();

    private PollsBenchmark() {}

    /**
     * Runs all loads.
     *
     * @param goSample the Go scaler, where Go is installed
     */
    static void run(
            PrintStream out,
            ScalerProcess scaler,
            ScalerProcess constants,
            Optional<ScalerProcess> goSample,
            int redisPort)
            throws Exception {
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put(SCALER, new Target(scaler, scaler.channel()));
        targets.put(CONSTANTS, new Target(constants, constants.channel()));
        goSample.ifPresent(process -> targets.put(GO_SAMPLE, new Target(process, process.channel())));
        if (goSample.isEmpty()) {
            out.println("Go is not installed, so there is no Go sample to compare with");
        }
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            jedis.set("session:1", "", SetParams.setParams().ex(3_600)); // so that the trigger is active
        }
        for (Target target : targets.values()) {
            for (int round = 0; round < FIRST_ROUNDS; round++) {
                var _ = target.timed(channel -> closedLoop(128, () -> polls(channel)));
            }
        }
        for (int inFlight : List.of(16, 128)) {
            out.printf("%d in flight, as fast as they are answered%n", inFlight);
            Map<String, Tally> tallies = inTurns(targets, channel -> closedLoop(inFlight, () -> polls(channel)));
            tallies.put(PINGS, closedLoop(Math.min(inFlight, 16), () -> pings(redisPort)));
            print(out, tallies);
        }
        for (int rate : RATES) {
            out.printf("%,d calls a second, each timed from when it was due%n", rate);
            print(out, inTurns(targets, channel -> openLoop(channel, rate)));
        }
        for (Map.Entry<String, Target> target : targets.entrySet()) {
            out.printf(
                    "resident, after all that: %s %.0f MiB%n",
                    target.getKey(), target.getValue().process.residentMib());
            target.getValue().channel.shutdownNow();
        }
    }

    private static Map<String, Tally> inTurns(Map<String, Target> targets, Target.Round each) throws Exception {
        Map<String, Tally> sums = new LinkedHashMap<>();
        for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
            for (Map.Entry<String, Target> target : targets.entrySet()) {
                Tally tally = target.getValue().timed(each);
                if (round >= WARM_UP_ROUNDS) {
                    sums.computeIfAbsent(target.getKey(), _ -> new Tally()).add(tally);
                }
            }
        }
        return sums;
    }

    private static void print(PrintStream out, Map<String, Tally> tallies) {
        tallies.forEach((name, tally) -> out.printf("  %-20s %s%n", name + ":", tally));
        Tally scaler = tallies.get(SCALER);
        tallies.forEach((name, rival) -> {
            if (!name.equals(SCALER)) {
                out.printf(
                        "  the scaler / %s: calls a second %.2f, p99 %.2f%s%s%n",
                        name,
                        scaler.perSecond() / rival.perSecond(),
                        scaler.latencies.quantile(0.99) / rival.latencies.quantile(0.99),
                        rival.processorNanos == 0
                                ? ""
                                : ", processor time %.2f"
                                        .formatted(scaler.processorMillisPerThousand()
                                                / rival.processorMillisPerThousand()),
                        name.equals(GO_SAMPLE)
                                ? " (goals: 1.00 or more, 1.20 or less, 1.00 or less; 1.20 at 20 a second)"
                                : "");
            }
        });
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

    private static Tally openLoop(ManagedChannel channel, int rate) throws InterruptedException {
        ExternalScalerFutureStub stub = ExternalScalerGrpc.newFutureStub(channel);
        var tally = new Tally();
        tally.latencies.addAll(FixedRate.run(rate, Duration.ofNanos(ROUND_NANOS), i -> switch (i % 3) {
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
            String processor = processorNanos == 0
                    ? ""
                    : ", processor time for 1,000 calls %.0f ms".formatted(processorMillisPerThousand());
            return "%,8.0f/s, %s%s".formatted(perSecond(), latencies, processor);
        }
    }
}
