package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.grpc.ManagedChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What a scrape takes of a processor, compressed as Prometheus asks for it: a usual one, and one of everything. Both take
 * turns, so that they see the same machine.
 */
final class ScrapeBenchmark {

    /** How many triggers there are, unless others are named. */
    static final List<Integer> USUAL_TRIGGERS = List.of(100, 10_000);

    private static final List<String> PATHS = List.of("/metrics", "/metrics?detail=all");
    private static final int WARM_UP_ROUNDS = 5;
    private static final int ROUNDS = 10;

    /** Goal for 10,000 triggers, in ms of a processor. */
    private static final int GOAL_MILLIS = 100;

    private static final class Sum {
        private long processorNanos;
        private long nanos;
        private long compressed;
        private long plain;

        double processorMillis() {
            return (double) processorNanos / 1e6 / ROUNDS;
        }
    }

    private ScrapeBenchmark() {}

    static void run(PrintStream out, ScalerProcess scaler, int triggers) throws Exception {
        ManagedChannel channel = scaler.channel();
        FootprintBenchmark.polls(ExternalScalerGrpc.newStub(channel), triggers, 2 * triggers);
        Map<String, Sum> sums = new LinkedHashMap<>();
        PATHS.forEach(path -> sums.put(path, new Sum()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                for (Map.Entry<String, Sum> path : sums.entrySet()) {
                    scrape(client, scaler, path.getKey(), round < WARM_UP_ROUNDS ? new Sum() : path.getValue());
                }
            }
        }
        channel.shutdownNow();
        sums.forEach((path, sum) -> out.printf(
                "| %,d | `%s` | %.1f MB, %.2f MB | %.0f ms | %.1f ms%s |%n",
                triggers,
                path,
                sum.plain / 1e6,
                sum.compressed / 1e6,
                sum.nanos / 1e6 / ROUNDS,
                sum.processorMillis(),
                path.equals(PATHS.getFirst()) && triggers == 10_000 ? " (goal: " + GOAL_MILLIS + " ms)" : ""));
        out.printf(
                "  processor time, usual / everything:  %.2f%n",
                sums.get(PATHS.getFirst()).processorMillis()
                        / sums.get(PATHS.getLast()).processorMillis());
    }

    private static void scrape(HttpClient client, ScalerProcess scaler, String path, Sum sum) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + scaler.managementPort() + path))
                .header("Accept-Encoding", "gzip")
                .build();
        Duration before = scaler.processorTime();
        long start = System.nanoTime();
        HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        sum.nanos += System.nanoTime() - start;
        sum.processorNanos += scaler.processorTime().minus(before).toNanos();
        if (answer.statusCode() != 200) {
            throw new IOException("a scrape is answered with " + answer.statusCode());
        }
        sum.compressed = answer.body().length;
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            sum.plain = plain.readAllBytes().length;
        }
    }
}
