package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the scaler takes as it ships: time to its first right answer, memory and processor time, with few and many triggers, of
 * which each has an open stream.
 */
final class FootprintBenchmark {

    private static final int STARTS = 7;
    private static final int CALLS = 100_000;
    private static final int IN_FLIGHT = 64;

    /** How many triggers there are, unless somebody says otherwise. */
    static final List<Integer> USUAL_TRIGGERS = List.of(1, 10, 100, 1_000, 10_000);

    /** Time until garbage from the opening of streams no longer affects the result. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final PrintStream out;
    private final Path home;
    private final int redisPort;

    FootprintBenchmark(PrintStream out, Path home, int redisPort) {
        this.out = out;
        this.home = home;
        this.redisPort = redisPort;
    }

    void run(List<Integer> everyTriggers) throws Exception {
        Path launcher = home.resolve("redis-session-scaler");
        Path distribution = distribution();
        out.printf("median of %d starts, to the first right answer%n", STARTS - 1);
        start("launcher:     ", launcher);
        if (distribution == null) {
            out.println("  distribution:  is not built, see docs/distribution.md");
        } else {
            start("distribution: ", distribution);
        }
        Path command = distribution == null ? launcher : distribution;
        out.printf("%n%,d polls, %d in flight, with all streams open%n", CALLS, IN_FLIGHT);
        out.println(
                "| triggers, each with a stream | streams opened in | resident before | with streams | after the polls"
                        + " | and five scrapes | a scrape | processor time for 1,000 polls |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (int triggers : everyTriggers) {
            measure(command, triggers);
        }
    }

    /** The command of the distribution, or null where it is not built. */
    private Path distribution() throws IOException {
        Path built = home.resolve("packaging/distribution/target");
        if (!Files.isDirectory(built)) {
            return null;
        }
        try (var files = Files.walk(built, 3)) {
            return files.filter(file -> file.endsWith("bin/redis-session-scaler"))
                    .findAny()
                    .orElse(null);
        }
    }

    private void start(String name, Path command) throws Exception {
        var toAnswer = new Latencies();
        var processor = new Latencies();
        for (int i = 0; i < STARTS; i++) {
            long start = System.nanoTime();
            try (var scaler = ScalerProcess.start(command, redisPort)) {
                ManagedChannel channel = scaler.channel();
                var answer = ExternalScalerGrpc.newBlockingStub(channel)
                        .getMetrics(GetMetricsRequest.newBuilder()
                                .setScaledObjectRef(trigger(0))
                                .build());
                if (answer.getMetricValues(0).getMetricValueFloat() != 0) {
                    throw new IOException("a wrong answer");
                }
                // the first start warms this client up
                if (i > 0) {
                    toAnswer.add(System.nanoTime() - start);
                    processor.add(scaler.processorTime().toNanos());
                }
                channel.shutdownNow();
            }
        }
        out.printf(
                "  %s %.2f s, of processor time %.2f s%n",
                name, toAnswer.quantile(0.5) / 1e3, processor.quantile(0.5) / 1e3);
    }

    private void measure(Path command, int triggers) throws Exception {
        try (var scaler = ScalerProcess.start(command, redisPort)) {
            ManagedChannel channel = scaler.channel();
            ExternalScalerStub stub = ExternalScalerGrpc.newStub(channel);
            polls(stub, 1, 2);
            double before = scaler.residentMib();

            long start = System.nanoTime();
            open(stub, triggers);
            double opened = (System.nanoTime() - start) / 1e9;
            TimeUnit.NANOSECONDS.sleep(SETTLED.toNanos());
            double withStreams = scaler.residentMib();

            Duration processorBefore = scaler.processorTime();
            polls(stub, triggers, CALLS);
            Duration processor = scaler.processorTime().minus(processorBefore);
            double afterPolls = scaler.residentMib();

            start = System.nanoTime();
            int scrapes = 5;
            for (int i = 0; i < scrapes; i++) {
                scrape(scaler);
            }
            double scrape = (System.nanoTime() - start) / 1e6 / scrapes;
            out.printf(
                    "| %,d | %.2f s | %.0f MiB | %.0f MiB | %.0f MiB | %.0f MiB | %.0f ms | %.0f ms |%n",
                    triggers,
                    opened,
                    before,
                    withStreams,
                    afterPolls,
                    scaler.residentMib(),
                    scrape,
                    processor.toNanos() / 1e3 / CALLS);
            channel.shutdownNow();
        }
    }

    private static ScaledObjectRef trigger(int number) {
        return ScaledObjectRef.newBuilder()
                .setName("web-" + number)
                .setNamespace("shop")
                .putScalerMetadata("scalerAddress", "redis-session-scaler.keda:6000")
                .putScalerMetadata("sessionSize", String.valueOf(100 + number))
                .putScalerMetadata("activationSessionSize", "0")
                .putScalerMetadata("onUnavailable", "hold")
                .putScalerMetadata("holdFor", "10m")
                .build();
    }

    private static void open(ExternalScalerStub stub, int triggers) throws Exception {
        var firstMessages = new CountDownLatch(triggers);
        for (int i = 0; i < triggers; i++) {
            stub.streamIsActive(trigger(i), new StreamObserver<>() {
                private boolean first = true;

                @Override
                public void onNext(IsActiveResponse response) {
                    if (first) {
                        first = false;
                        firstMessages.countDown();
                    }
                }

                @Override
                public void onError(Throwable error) {
                    // by our own end, or the latch stays closed
                }

                @Override
                public void onCompleted() {
                    // likewise
                }
            });
        }
        if (!firstMessages.await(120, TimeUnit.SECONDS)) {
            throw new IOException(firstMessages.getCount() + " streams have sent nothing for 120 s");
        }
    }

    /** KEDA's two calls in turn, of each trigger in turn. */
    static void polls(ExternalScalerStub stub, int triggers, int calls) throws Exception {
        var room = new Semaphore(IN_FLIGHT);
        var failure = new AtomicReference<Throwable>();
        for (int i = 0; i < calls; i++) {
            room.acquire();
            ScaledObjectRef trigger = trigger(i / 2 % triggers);
            if (i % 2 == 0) {
                stub.getMetrics(
                        GetMetricsRequest.newBuilder()
                                .setScaledObjectRef(trigger)
                                .build(),
                        new Answer<>(room, failure));
            } else {
                stub.isActive(trigger, new Answer<>(room, failure));
            }
        }
        room.acquire(IN_FLIGHT);
        if (failure.get() != null) {
            throw new IOException("a call failed", failure.get());
        }
    }

    private record Answer<T>(Semaphore room, AtomicReference<Throwable> failure) implements StreamObserver<T> {

        @Override
        public void onNext(T response) {
            // the number does not matter here
        }

        @Override
        public void onError(Throwable error) {
            failure.set(error);
            room.release();
        }

        @Override
        public void onCompleted() {
            room.release();
        }
    }

    private static void scrape(ScalerProcess scaler) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + scaler.managementPort() + "/metrics"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("a scrape is answered with " + answer.statusCode());
            }
        }
    }
}
