package io.github.redissessionscaler.benchmarks;

import java.util.Arrays;

/** Latencies in nanoseconds. Not for several threads. */
final class Latencies {

    private long[] nanos = new long[1024];
    private int count;

    void add(long latency) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = latency;
    }

    void addAll(Latencies others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    int count() {
        return count;
    }

    /** The latency, in milliseconds, that this part of them do not exceed. */
    double quantile(double part) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) (part * count))] / 1e6;
    }

    @Override
    public String toString() {
        return "median %.2f ms, p90 %.2f, p99 %.2f, p99.9 %.2f, worst %.2f (%d)"
                .formatted(quantile(0.5), quantile(0.9), quantile(0.99), quantile(0.999), quantile(1), count);
    }
}
