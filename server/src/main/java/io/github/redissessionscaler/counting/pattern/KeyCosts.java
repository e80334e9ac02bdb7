package io.github.redissessionscaler.counting.pattern;

/**
 * Server time per visited key, in nanoseconds. What reading the type, the TTL and so on costs is kept apart, so that a pattern
 * without such rules is not estimated because of another one's.
 *
 * @param scan for finding the key
 * @param reads for the rules of all patterns that have some
 */
record KeyCosts(double scan, double reads) {

    /** Typical costs, before there is a measurement. */
    static final KeyCosts TYPICAL = new KeyCosts(2_000, 0);

    /** Weight of a new measurement in the average. */
    private static final double LEARNING = 0.2;

    /** How many times the average a measurement counts at most: Redis may have been busy with something else. */
    private static final double MOST_TIMES = 4;

    /**
     * A measurement.
     *
     * @param serverNanos all server time
     * @param readNanos the part of it for rules
     */
    static KeyCosts measured(long serverNanos, long readNanos, long keys) {
        return keys == 0
                ? new KeyCosts(0, 0)
                : new KeyCosts((double) (serverNanos - readNanos) / (double) keys, (double) readNanos / (double) keys);
    }

    /** The cost of counting this filter alone. */
    double of(KeyFilter filter) {
        return filter.rules().isEmpty() ? scan : scan + reads;
    }

    /** The average with a new measurement, of which 0 means that there is none. */
    KeyCosts with(KeyCosts measured) {
        return new KeyCosts(learned(scan, measured.scan), learned(reads, measured.reads));
    }

    private double learned(double known, double measured) {
        return measured > 0 ? known + LEARNING * (Math.min(measured, MOST_TIMES * (scan + reads)) - known) : known;
    }
}
