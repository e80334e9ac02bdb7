package io.github.redissessionscaler.hpa;

/** The result of reading one metric. */
public sealed interface MetricReading {

    /**
     * A value, not negative.
     *
     * @param target per replica, at least 0.001
     */
    record Value(double value, double target) implements MetricReading {}

    /** An error. */
    record Missing() implements MetricReading {}
}
