package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.embedded.EmbeddedRedis;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import redis.clients.jedis.Jedis;

/** The command line of {@code benchmarks/run}: the java to run the scaler with, the checkout, and which benchmark. */
final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        boolean sized = args.length == 4 && args[2].equals("count");
        if (args.length != 3 && !sized) {
            System.err.println("say which: push, streams, polls, cost, count, count and a number of keys, or computed");
            System.exit(2);
        }
        if (args[2].equals("count")) {
            try (var redis = EmbeddedRedis.start(0)) {
                describe(out, redis.port());
                CountBenchmark.run(out, redis.port(), sized ? Long.parseLong(args[3]) : CountBenchmark.USUAL_SIZE);
            }
            System.exit(0);
        }
        try (var redis = EmbeddedRedis.start(0);
                var scaler = ScalerProcess.start(Path.of(args[0]), Path.of(args[1]), redis.port())) {
            describe(out, redis.port());
            out.printf("the scaler was ready after          %.2f s%n", scaler.secondsToReady());
            ManagedChannel channel = scaler.channel();
            switch (args[2]) {
                case "push" -> PushBenchmark.run(out, channel, redis.port());
                case "streams" -> StreamsBenchmark.run(out, channel, scaler, redis.port());
                case "polls" -> {
                    try (var constants = ScalerProcess.startConstants(Path.of(args[0]), Path.of(args[1]))) {
                        PollsBenchmark.run(out, channel, scaler, constants, redis.port());
                    }
                }
                case "cost" -> CostBenchmark.run(out, channel, redis.port());
                default -> throw new IOException("there is no benchmark " + args[2]);
            }
            channel.shutdownNow();
        }
        System.exit(0);
    }

    private static void describe(PrintStream out, int redisPort) {
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            String version = jedis.info("server")
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .findFirst()
                    .orElse("");
            out.printf(
                    "%s, %s %s, %d processors, Java %s, %s%n",
                    LocalDate.now(),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.version(),
                    version);
        }
    }
}
