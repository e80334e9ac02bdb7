package io.github.redissessionscaler.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;

/** Another client of the same Redis: by turns a GET and a SET, each a millisecond after the answer to the one before. */
final class Neighbour {

    private static final long PAUSE_NANOS = 1_000_000;
    private static final String KEY = "neighbour";

    /**
     * What was measured while something else went on.
     *
     * @param result of what went on
     * @param latencies of the neighbour
     */
    record Measured<T>(T result, Latencies latencies) {}

    private Neighbour() {}

    static <T> Measured<T> during(int redisPort, Callable<T> work) throws Exception {
        var ended = new AtomicBoolean();
        var measured = new CompletableFuture<Latencies>();
        Thread.ofPlatform().start(() -> measured.completeAsync(() -> ask(redisPort, ended), Runnable::run));
        try {
            T result = work.call();
            ended.set(true);
            return new Measured<>(result, measured.get());
        } finally {
            ended.set(true);
        }
    }

    private static Latencies ask(int redisPort, AtomicBoolean ended) {
        var latencies = new Latencies();
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            jedis.set(KEY, "0");
            for (int i = 0; !ended.get(); i++) {
                long start = System.nanoTime();
                if (i % 2 == 0) {
                    jedis.get(KEY);
                } else {
                    jedis.set(KEY, "1");
                }
                latencies.add(System.nanoTime() - start);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return latencies;
    }
}
