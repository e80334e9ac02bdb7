package io.github.redissessionscaler.hpa;

/** What a trigger's scaler answers when KEDA asks. */
public sealed interface Answer {

    /**
     * Numbers.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     */
    record Numbers(double value, double target, boolean active) implements Answer {}

    /**
     * An error.
     *
     * @param target per replica, which KEDA knows from before
     */
    record Failure(double target) implements Answer {}
}
