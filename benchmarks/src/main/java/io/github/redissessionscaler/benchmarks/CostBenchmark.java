package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerFutureStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/**
 * What the scaler costs Redis, in commands and in the server's own time, in each way of counting and for any number of
 * triggers. Each trigger gets the calls of KEDA and the HPA: both calls every 30 s, and again every 15 s. Each way has a scaler of its
 * own, since one serves no more than 10,000 triggers.
 */
final class CostBenchmark {

    private static final double CALLS_PER_TRIGGER_AND_SECOND = 2.0 / 30 + 2.0 / 15;
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final int SESSIONS = 60_000;
    private static final int OTHERS = 40_000;
    private static final Pattern COMMAND = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+)");

    private record Way(String name, Map<String, String> metadata) {}

    private static final List<Way> WAYS = List.of(
            new Way("DBSIZE", Map.of()),
            new Way("key", Map.of("key", "queue")),
            new Way("key, activeWithin", Map.of("key", "recent", "activeWithin", "30m")),
            new Way("preset: dedicated-database", Map.of("preset", "dedicated-database")),
            new Way("keyPattern, exact", Map.of("keyPattern", "session:*", "accuracy", "exact")),
            new Way("keyPattern, estimate", Map.of("keyPattern", "session:*", "accuracy", "estimate")));

    private CostBenchmark() {}

    static void run(PrintStream out, Path home, int redisPort) throws Exception {
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            fill(jedis);
            out.printf("%,d sessions among %,d keys; per minute%n", SESSIONS, jedis.dbSize());
            out.println("| way | triggers | calls | commands | server time (ms) | of one server's time |");
            out.println("|---|---|---|---|---|---|");
            for (Way way : WAYS) {
                try (var scaler = ScalerProcess.start(home.resolve("redis-session-scaler"), redisPort)) {
                    ManagedChannel channel = scaler.channel();
                    for (int triggers : List.of(1, 100, 10_000)) {
                        measure(out, channel, jedis, way, triggers);
                    }
                    channel.shutdownNow();
                }
            }
        }
    }

    private static void fill(Jedis jedis) {
        try (Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < SESSIONS; i++) {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(3600));
            }
            for (int i = 0; i < OTHERS; i++) {
                pipeline.set("cache:" + i, "x");
            }
            for (int i = 0; i < 1000; i++) {
                pipeline.rpush("queue", "x");
                pipeline.zadd("recent", System.currentTimeMillis() + i, "member:" + i);
            }
        }
    }

    private static void measure(PrintStream out, ManagedChannel channel, Jedis jedis, Way way, int triggers)
            throws InterruptedException {
        double perSecond = triggers * CALLS_PER_TRIGGER_AND_SECOND;
        poll(channel, way, triggers, perSecond, WARM_UP);
        jedis.configResetStat();
        Latencies latencies = poll(channel, way, triggers, perSecond, MEASURED);
        long commands = 0;
        long micros = 0;
        for (MatchResult command :
                COMMAND.matcher(jedis.info("commandstats")).results().toList()) {
            if (!command.group(1).startsWith("config")) {
                commands += Long.parseLong(command.group(2));
                micros += Long.parseLong(command.group(3));
            }
        }
        double perMinute = 60.0 / MEASURED.toSeconds();
        out.printf(
                "| %s | %,d | %,.0f | %,.0f | %,.1f | %.4f %% |%n",
                way.name,
                triggers,
                latencies.count() * perMinute,
                commands * perMinute,
                micros * perMinute / 1000,
                micros / 1e4 / MEASURED.toSeconds());
    }

    private static Latencies poll(ManagedChannel channel, Way way, int triggers, double perSecond, Duration duration)
            throws InterruptedException {
        ExternalScalerFutureStub stub = ExternalScalerGrpc.newFutureStub(channel);
        return FixedRate.run(perSecond, duration, i -> {
            ScaledObjectRef trigger = ScaledObjectRef.newBuilder()
                    .setNamespace("shop")
                    .setName("web-" + i / 2 % triggers)
                    .putAllScalerMetadata(way.metadata)
                    .build();
            return i % 2 == 0
                    ? stub.getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(trigger)
                            .build())
                    : stub.isActive(trigger);
        });
    }
}
