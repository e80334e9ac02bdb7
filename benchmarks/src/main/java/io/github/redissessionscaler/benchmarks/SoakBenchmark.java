package io.github.redissessionscaler.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerFutureStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * The polls of 10,000 triggers for a long time: each has its value and its activity requested in turn, and every answer is
 * compared with what is in Redis. Prints a line a minute, and whether anything grew.
 */
final class SoakBenchmark {

    static final int USUAL_MINUTES = 30;

    private static final int TRIGGERS = 10_000;
    private static final int CALLS_PER_SECOND = 2_000;
    private static final int MOST_IN_FLIGHT = 1_000;

    private static final int SESSIONS = 500;
    private static final int OTHERS = 100;
    private static final int QUEUED = 7;

    /** Ways of counting, which the triggers take in turn. */
    private static final int KINDS = 3;

    /** What the first part of the run grows to is what the rest is compared with: by then all code has been compiled. */
    private static final int WARM_UP_PARTS = 5;

    /** So that the first part is three minutes at least: in the first one memory still grows. */
    static final int FEWEST_MINUTES = 3 * WARM_UP_PARTS;

    private static final double MEMORY_MAY_GROW = 1.10;
    private static final int MAY_COME_AND_GO = 4;

    private final PrintStream out;
    private final ExternalScalerFutureStub stub;
    private final ScalerProcess scaler;
    private final int redisPort;
    private final List<GetMetricsRequest> triggers = new ArrayList<>();
    private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();

    /** What was seen at the end of a minute. */
    private record Figures(double residentMib, double heapMib, long threads, long connections) {}

    private SoakBenchmark(PrintStream out, ManagedChannel channel, ScalerProcess scaler, int redisPort) {
        this.out = out;
        this.stub = ExternalScalerGrpc.newFutureStub(channel);
        this.scaler = scaler;
        this.redisPort = redisPort;
        for (int i = 0; i < TRIGGERS; i++) {
            triggers.add(GetMetricsRequest.newBuilder()
                    .setScaledObjectRef(trigger(i))
                    .build());
        }
    }

    /**
     * Returns whether memory, threads and connections stayed as they were, and no call failed.
     *
     * @param minutes {@link #FEWEST_MINUTES} at least
     */
    static boolean run(PrintStream out, Path home, int redisPort, int minutes) throws Exception {
        try (var jedis = new Jedis("127.0.0.1", redisPort);
                Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < SESSIONS; i++) {
                pipeline.set("session:" + i, "x");
            }
            for (int i = 0; i < OTHERS; i++) {
                pipeline.set("cache:" + i, "x");
            }
            for (int i = 0; i < QUEUED; i++) {
                pipeline.rpush("queue", "x");
            }
        }
        try (var scaler = ScalerProcess.start(home.resolve("redis-session-scaler"), redisPort)) {
            ManagedChannel channel = scaler.channel();
            try {
                return new SoakBenchmark(out, channel, scaler, redisPort).run(minutes);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private boolean run(int minutes) throws Exception {
        out.println(
                "minute  resident MiB  heap used MiB  threads  connections to Redis      calls  errors  wrong numbers");
        awaitFirstCounts();
        long start = System.nanoTime();
        List<Figures> seen = new ArrayList<>();
        for (int minute = 1; minute <= minutes; minute++) {
            callUntil(start + TimeUnit.MINUTES.toNanos(minute));
            Figures figures = measure();
            seen.add(figures);
            out.printf(
                    "%6d  %12.0f  %13.0f  %7d  %20d  %9d  %6d  %13d%n",
                    minute,
                    figures.residentMib,
                    figures.heapMib,
                    figures.threads,
                    figures.connections,
                    answered.get(),
                    errors.get(),
                    wrong.get());
        }
        return verdict(seen);
    }

    /** Until each kind of count has been made once, which on a busy machine may take longer than an answer. */
    private void awaitFirstCounts() throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        for (int kind = 0; kind < KINDS; kind++) {
            while (stub.getMetrics(triggers.get(kind)).get().getMetricValues(0).getMetricValueFloat()
                    != expected(kind)) {
                if (System.nanoTime() > end) {
                    throw new IOException("the scaler does not count rightly");
                }
            }
        }
    }

    private boolean verdict(List<Figures> seen) {
        List<Figures> warmUp = seen.subList(0, seen.size() / WARM_UP_PARTS);
        Figures last = seen.getLast();
        double resident =
                warmUp.stream().mapToDouble(Figures::residentMib).max().orElseThrow();
        long threads = warmUp.stream().mapToLong(Figures::threads).max().orElseThrow();
        long connections = warmUp.stream().mapToLong(Figures::connections).max().orElseThrow();
        boolean answers = check("all calls answered correctly", errors.get() == 0 && wrong.get() == 0);
        boolean memory = check("memory constant", last.residentMib <= resident * MEMORY_MAY_GROW);
        boolean flatThreads = check("threads constant", last.threads <= threads + MAY_COME_AND_GO);
        boolean flatConnections = check("connections constant", last.connections <= connections + MAY_COME_AND_GO);
        return answers && memory && flatThreads && flatConnections;
    }

    private boolean check(String what, boolean held) {
        out.printf("%-34s %s%n", what, held ? "yes" : "NO");
        return held;
    }

    private void callUntil(long end) throws InterruptedException {
        long start = System.nanoTime();
        for (long i = 0; System.nanoTime() < end; i++) {
            long due = start + i * (TimeUnit.SECONDS.toNanos(1) / CALLS_PER_SECOND);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            inFlight.acquire();
            call(i);
        }
        inFlight.acquire(MOST_IN_FLIGHT);
        inFlight.release(MOST_IN_FLIGHT);
    }

    private void call(long number) {
        int index = (int) (number / 2 % TRIGGERS);
        GetMetricsRequest request = triggers.get(index);
        ListenableFuture<?> answer =
                number % 2 == 0 ? stub.getMetrics(request) : stub.isActive(request.getScaledObjectRef());
        answer.addListener(
                () -> {
                    try {
                        take(index, answer);
                    } finally {
                        inFlight.release();
                    }
                },
                MoreExecutors.directExecutor());
    }

    private void take(int index, ListenableFuture<?> answer) {
        try {
            boolean right = switch (answer.get()) {
                case GetMetricsResponse metrics -> metrics.getMetricValues(0).getMetricValueFloat() == expected(index);
                case IsActiveResponse active -> active.getResult();
                default -> false;
            };
            answered.incrementAndGet();
            if (!right) {
                wrong.incrementAndGet();
            }
        } catch (ExecutionException e) {
            errors.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of all keys, of those of a pattern, and of the elements of one key, in turn. */
    private static ScaledObjectRef trigger(int index) {
        ScaledObjectRef.Builder trigger =
                ScaledObjectRef.newBuilder().setName("web-" + index).setNamespace("shop");
        switch (index % KINDS) {
            case 0 -> trigger.putScalerMetadata("sessionSize", String.valueOf(index + 1));
            case 1 -> trigger.putScalerMetadata("keyPattern", "session:*");
            default -> trigger.putScalerMetadata("key", "queue");
        }
        return trigger.build();
    }

    private static double expected(int index) {
        return switch (index % KINDS) {
            case 0 -> SESSIONS + OTHERS + 1;
            case 1 -> SESSIONS;
            default -> QUEUED;
        };
    }

    private Figures measure() throws IOException, InterruptedException {
        List<String> metrics = scrape().lines().toList();
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            return new Figures(
                    scaler.residentMib(),
                    sum(metrics, "jvm_memory_used_bytes{area=\"heap\"") / (1 << 20),
                    (long) sum(metrics, "jvm_threads_live_threads"),
                    jedis.clientList().lines().count() - 1);
        }
    }

    private String scrape() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var metrics = URI.create("http://127.0.0.1:" + scaler.managementPort() + "/metrics");
            return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    private static double sum(List<String> metrics, String beginning) {
        return metrics.stream()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
