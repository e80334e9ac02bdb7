package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.ValueParser;
import java.util.Optional;

/**
 * How many sessions a replica shall serve.
 *
 * @param sessionSize sessions per replica, from {@link #SMALLEST} to {@link #LARGEST}; that of the scaler when empty
 * @param sessionSizeKey a Redis key that holds the number; {@code sessionSize} is used while it does not
 */
public record Target(Optional<Double> sessionSize, Optional<String> sessionSizeKey) {

    /** The finest step of a Kubernetes quantity; anything less would reach the HPA as a target of 0. */
    public static final double SMALLEST = 0.001;

    /** The HPA's numbers are thousandths in 64 bits; this leaves room to add up thousands of them. */
    public static final double LARGEST = 1e12;

    /** How it is written. */
    public static final ValueParser<Double> VALUES =
            ValueParser.decimal(SMALLEST, LARGEST).suchAs("100 or 2.5");

    /** What KEDA is given for a trigger without {@code sessionSize}, whatever the scaler's own setting is. */
    private static final double METRIC_TARGET_BY_DEFAULT = 100;

    /** The finest step of a Kubernetes quantity, in parts of 1. */
    private static final double THOUSANDTHS = 1000;

    public Target {
        if (!sessionSize.map(Target::accepts).orElse(true)) {
            throw new IllegalArgumentException("sessionSize " + sessionSize);
        }
    }

    /**
     * The target of the metric, which KEDA gives to the HPA, in whole thousandths: {@code sessionSize}, else 100. It is the same in every replica of
     * the scaler and never changes while the metadata does not.
     */
    public double metricTarget() {
        return metricTarget(sessionSize);
    }

    static double metricTarget(Optional<Double> sessionSize) {
        return sessionSize
                .map(size -> (double) Math.round(size * THOUSANDTHS) / THOUSANDTHS)
                .orElse(METRIC_TARGET_BY_DEFAULT);
    }

    /** The target that the text gives, with white space around it or not; empty when it gives none. */
    public static Optional<Double> parse(String text) {
        return VALUES.parse(text);
    }

    /** Whether the number can be a target. */
    public static boolean accepts(double sessionSize) {
        return sessionSize >= SMALLEST && sessionSize <= LARGEST;
    }
}
