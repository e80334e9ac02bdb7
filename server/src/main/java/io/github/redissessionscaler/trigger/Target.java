package io.github.redissessionscaler.trigger;

import java.util.Optional;

/**
 * How many sessions an instance shall serve.
 *
 * @param sessionSize sessions per instance, from {@link #SMALLEST} to {@link #LARGEST}; that of the scaler when empty
 * @param sessionSizeKey a Redis key that holds the number; {@code sessionSize} is used while it does not
 */
public record Target(Optional<Double> sessionSize, Optional<String> sessionSizeKey) {

    /** The finest step of a Kubernetes quantity; anything less would reach the HPA as a target of 0. */
    public static final double SMALLEST = 0.001;

    /** The HPA's numbers are thousandths in 64 bits; this leaves room to add up thousands of them. */
    public static final double LARGEST = 1e12;

    public Target {
        if (!sessionSize.map(Target::accepts).orElse(true)) {
            throw new IllegalArgumentException("sessionSize " + sessionSize);
        }
    }

    /** The target that the text gives, with white space around it or not; empty when it gives none. */
    public static Optional<Double> parse(String text) {
        return Form.TARGET.read(text.strip());
    }

    /** Whether the number can be a target. */
    public static boolean accepts(double sessionSize) {
        return sessionSize >= SMALLEST && sessionSize <= LARGEST;
    }
}
