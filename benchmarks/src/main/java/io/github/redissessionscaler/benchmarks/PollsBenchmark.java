package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;

/**
 * KEDA's polls, {@code GetMetrics} then {@code IsActive}, as fast as they are answered. A health check of the same server is
 * what gRPC alone costs; PING over a socket is what Redis alone costs. The rounds take turns, so that all see the same machine.
 */
final class PollsBenchmark {

    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = 5_000_000_000L;

    private PollsBenchmark() {}

    static void run(PrintStream out, ManagedChannel channel, ScalerProcess scaler, int redisPort) throws Exception {
        for (int inFlight : List.of(16, 128)) {
            var calls = new Tally();
            var health = new Tally();
            var pings = new Tally();
            for (int round = 0; round < ROUNDS; round++) {
                calls.add(load(inFlight, () -> polls(channel)));
                health.add(load(inFlight, () -> health(channel)));
                pings.add(load(Math.min(inFlight, 16), () -> pings(redisPort)));
            }
            out.printf("%d in flight%n", inFlight);
            out.println("  KEDA's calls:        " + calls);
            out.println("  health checks:       " + health);
            out.println("  PING, bare sockets:  " + pings);
            out.printf("  calls / health:      %.2f%n", calls.perSecond() / health.perSecond());
        }
        out.printf("resident, after all that: %.0f MiB%n", scaler.residentMib());
    }

    private static Callable<Boolean> polls(ManagedChannel channel) {
        var stub = ExternalScalerGrpc.newBlockingStub(channel);
        ScaledObjectRef ref =
                ScaledObjectRef.newBuilder().setName("web").setNamespace("shop").build();
        GetMetricsRequest request =
                GetMetricsRequest.newBuilder().setScaledObjectRef(ref).build();
        boolean[] second = {false};
        return () -> {
            second[0] = !second[0];
            return second[0]
                    ? stub.getMetrics(request).getMetricValuesCount() == 1
                    : stub.isActive(ref).getResult();
        };
    }

    private static Callable<Boolean> health(ManagedChannel channel) {
        var stub = HealthGrpc.newBlockingStub(channel);
        return () -> stub.check(HealthCheckRequest.getDefaultInstance()).isInitialized();
    }

    private static Callable<Boolean> pings(int redisPort) {
        var jedis = new Jedis("127.0.0.1", redisPort);
        return () -> jedis.ping().equals("PONG");
    }

    private static Tally load(int inFlight, Supplier<Callable<Boolean>> newClient) throws Exception {
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

    private static final class Tally {
        private final Latencies latencies = new Latencies();
        private long nanos;

        void add(Tally other) {
            latencies.addAll(other.latencies);
            nanos += other.nanos;
        }

        double perSecond() {
            return latencies.count() / (nanos / 1e9);
        }

        @Override
        public String toString() {
            return "%,8.0f/s, %s".formatted(perSecond(), latencies);
        }
    }
}
