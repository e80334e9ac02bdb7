package io.github.redissessionscaler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;

/**
 * How long some work takes, and how much processor time this process and Redis spend meanwhile, in several runs. Both include
 * a {@link Neighbour}.
 */
final class Times {

    private static final Pattern PROCESSOR_TIME = Pattern.compile("used_cpu_(?:sys|user):([0-9.]+)");

    /** What was done in one run. */
    record Measured<T>(T result, Latencies latencies) {}

    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> ownSeconds = new ArrayList<>();
    private final List<Double> redisSeconds = new ArrayList<>();

    <T> Measured<T> measure(Jedis jedis, Callable<T> work, int redisPort) throws Exception {
        var own = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double redisBefore = redisSeconds(jedis);
        long ownBefore = own.getProcessCpuTime();
        var measured = Neighbour.during(redisPort, () -> {
            long start = System.nanoTime();
            T result = work.call();
            seconds.add((System.nanoTime() - start) / 1e9);
            return result;
        });
        ownSeconds.add((own.getProcessCpuTime() - ownBefore) / 1e9);
        redisSeconds.add(redisSeconds(jedis) - redisBefore);
        return new Measured<>(measured.result(), measured.latencies());
    }

    private static double redisSeconds(Jedis jedis) {
        return PROCESSOR_TIME
                .matcher(jedis.info("cpu"))
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }

    /** The medians of this, divided by those of the other. */
    String ratio(Times other) {
        return "%.2f of the time, processor time of the client %.2f, of Redis %.2f, of both %.2f"
                .formatted(
                        CountBenchmark.median(seconds) / CountBenchmark.median(other.seconds),
                        CountBenchmark.median(ownSeconds) / CountBenchmark.median(other.ownSeconds),
                        CountBenchmark.median(redisSeconds) / CountBenchmark.median(other.redisSeconds),
                        (CountBenchmark.median(ownSeconds) + CountBenchmark.median(redisSeconds))
                                / (CountBenchmark.median(other.ownSeconds)
                                        + CountBenchmark.median(other.redisSeconds)));
    }

    @Override
    public String toString() {
        return "%.2f s, processor time of the client %.2f s, of Redis %.2f s (medians of %d)"
                .formatted(
                        CountBenchmark.median(seconds),
                        CountBenchmark.median(ownSeconds),
                        CountBenchmark.median(redisSeconds),
                        seconds.size());
    }
}
