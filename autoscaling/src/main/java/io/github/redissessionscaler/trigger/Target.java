package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.ValueParser;
import java.util.Optional;

/**
 * How many sessions each replica should serve.
 *
 * @param sessionSize sessions per replica, from {@link #SMALLEST} to {@link #LARGEST}; empty for the scaler's own setting
 * @param sessionSizeKey a Redis key that holds the number; while it holds none, {@code sessionSize} is used
 */
public record Target(Optional<Double> sessionSize, Optional<String> sessionSizeKey) {

    /** The smallest step of a Kubernetes quantity; the HPA would read a smaller target as 0. */
    public static final double SMALLEST = 0.001;

    /** The HPA stores thousandths in 64 bits; this limit leaves room to add up thousands of values. */
    public static final double LARGEST = 1e12;

    /** How it is written. */
    public static final ValueParser<Double> VALUES =
            ValueParser.decimal(SMALLEST, LARGEST).suchAs("100 or 2.5");

    /** Reported to KEDA for a trigger without {@code sessionSize}, whatever the scaler's own setting is. */
    private static final double METRIC_TARGET_BY_DEFAULT = 100;

    /** Steps of a Kubernetes quantity in 1. */
    private static final double THOUSANDTHS = 1000;

    public Target {
        if (!sessionSize.map(Target::accepts).orElse(true)) {
            throw new IllegalArgumentException("sessionSize " + sessionSize);
        }
    }

    /**
     * The target of the metric, which KEDA passes to the HPA, in whole thousandths: {@code sessionSize}, else 100. It depends
     * on the metadata alone, so every replica of the scaler reports the same.
     */
    public double metricTarget() {
        return metricTarget(sessionSize);
    }

    static double metricTarget(Optional<Double> sessionSize) {
        return sessionSize
                .map(size -> (double) Math.round(size * THOUSANDTHS) / THOUSANDTHS)
                .orElse(METRIC_TARGET_BY_DEFAULT);
    }

    /** Parses a target, ignoring surrounding white space; empty if the text is not a target. */
    public static Optional<Double> parse(String text) {
        return VALUES.parse(text);
    }

    /** Whether the number is a valid target. */
    public static boolean accepts(double sessionSize) {
        return sessionSize >= SMALLEST && sessionSize <= LARGEST;
    }
}
