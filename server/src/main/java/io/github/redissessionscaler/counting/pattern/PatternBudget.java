package io.github.redissessionscaler.counting.pattern;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The patterns of all databases together, and the memory for their samples. Thread-safe.
 *
 * <p>A pattern has a weight, see {@link PatternEntry#weight}.
 */
public final class PatternBudget {

    /** How many times the limit on the patterns of one database is the limit on all. */
    static final int DATABASES = 5;

    /** Samples that are kept of all patterns: at most about 1 MB, unless there are very many primaries. */
    private static final int SAMPLES = 1 << 14;

    private static final int FEWEST_SAMPLES = 8;

    private final AtomicInteger weight = new AtomicInteger();

    /** Takes room for a pattern. Returns false if all weights together would exceed the limit; a single pattern may. */
    boolean take(int more, long limit) {
        int all = weight.addAndGet(more);
        if (all > limit && all > more) {
            weight.addAndGet(-more);
            return false;
        }
        return true;
    }

    /** A pattern is no longer counted. */
    void give(int less) {
        weight.addAndGet(-less);
    }

    /**
     * How many samples of a pattern are kept for each primary.
     *
     * @param primaries of its database
     */
    int samples(int primaries) {
        return Math.clamp(SAMPLES / Math.max(1L, (long) weight.get() * primaries), FEWEST_SAMPLES, SampleWindow.MOST);
    }
}
