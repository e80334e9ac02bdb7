package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.benchmarks.noise.AgreementBenchmark;
import io.github.redissessionscaler.benchmarks.noise.NoiseBenchmark;
import io.github.redissessionscaler.embedded.EmbeddedRedis;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;

/** The command line of {@code benchmarks/run}: the java to run the scaler with, the checkout, and which benchmark. */
final class Benchmarks {

    /** Benchmarks of which the size may be chosen. */
    private static final Set<String> SIZED = Set.of("footprint", "scrape", "count", "soak");

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        if (args.length > 2 && args[2].equals("lookahead")) {
            LookAheadBenchmark.run(out, Stream.of(args).skip(3).map(Path::of).toList());
            return;
        }
        if (args.length < 3 || (args.length > 3 && !SIZED.contains(args[2]))) {
            System.err.println(
                    "name a benchmark: push, streams, polls, cost, noise, agree or computed; footprint or scrape,"
                            + " optionally with numbers of triggers; count, optionally with numbers of keys; soak,"
                            + " optionally with minutes; lookahead, optionally with CSV files of sessions");
            System.exit(2);
        }
        List<Integer> sizes = Stream.of(args).skip(3).map(Integer::valueOf).toList();
        if (args[2].equals("soak") && !sizes.isEmpty() && sizes.getFirst() < SoakBenchmark.FEWEST_MINUTES) {
            System.err.println(
                    "a soak of fewer than " + SoakBenchmark.FEWEST_MINUTES + " minutes says nothing about growth");
            System.exit(2);
        }
        if (args[2].equals("noise")) {
            NoiseBenchmark.run(out);
            return;
        }
        if (args[2].equals("agree")) {
            AgreementBenchmark.run(out);
            return;
        }
        Path java = Path.of(args[0]);
        Path home = Path.of(args[1]);
        boolean held = true;
        try (var redis = EmbeddedRedis.start(0)) {
            describe(out, redis.port());
            switch (args[2]) {
                case "count" -> {
                    for (int keys : sizes.isEmpty() ? List.of(CountBenchmark.USUAL_SIZE) : sizes) {
                        CountBenchmark.run(out, redis.port(), keys);
                    }
                }
                case "soak" -> {
                    int minutes = sizes.isEmpty() ? SoakBenchmark.USUAL_MINUTES : sizes.getFirst();
                    held = SoakBenchmark.run(out, home, redis.port(), minutes);
                }
                case "footprint" ->
                    new FootprintBenchmark(out, home, redis.port())
                            .run(sizes.isEmpty() ? FootprintBenchmark.USUAL_TRIGGERS : sizes);
                case "scrape" -> {
                    out.println("| triggers | scrape | text, compressed | time | processor time |");
                    out.println("|---|---|---|---|---|");
                    for (int triggers : sizes.isEmpty() ? ScrapeBenchmark.USUAL_TRIGGERS : sizes) {
                        try (var scaler = ScalerProcess.start(home.resolve("redis-session-scaler"), redis.port())) {
                            ScrapeBenchmark.run(out, scaler, triggers);
                        }
                    }
                }
                case "cost" -> CostBenchmark.run(out, home, redis.port());
                default -> againstOneScaler(args[2], java, home, redis.port(), out);
            }
        }
        System.exit(held ? 0 : 1);
    }

    private static void againstOneScaler(String benchmark, Path java, Path home, int redisPort, PrintStream out)
            throws Exception {
        try (var scaler = ScalerProcess.start(home.resolve("redis-session-scaler"), redisPort)) {
            out.printf("the scaler was ready after          %.2f s%n", scaler.secondsToReady());
            ManagedChannel channel = scaler.channel();
            switch (benchmark) {
                case "push" -> PushBenchmark.run(out, channel, redisPort);
                case "streams" -> StreamsBenchmark.run(out, channel, scaler, redisPort);
                case "polls" -> {
                    Optional<ScalerProcess> goSample = ScalerProcess.startGoSample(home, redisPort);
                    try (var constants = ScalerProcess.startConstants(java, home)) {
                        PollsBenchmark.run(out, scaler, constants, goSample, redisPort);
                    } finally {
                        goSample.ifPresent(ScalerProcess::close);
                    }
                }
                default -> throw new IOException("there is no benchmark " + benchmark);
            }
            channel.shutdownNow();
        }
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
