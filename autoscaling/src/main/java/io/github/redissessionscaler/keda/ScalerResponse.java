package io.github.redissessionscaler.keda;

/** What a trigger's scaler answers when KEDA asks. */
public sealed interface ScalerResponse {

    /** Of the metric, sessions per replica: what the HPA divides the value by. */
    double target();

    /**
     * Numbers.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     */
    record MetricValues(double value, double target, boolean active) implements ScalerResponse {}

    /**
     * An error.
     *
     * @param target per replica, which KEDA knows from before
     */
    record Failure(double target) implements ScalerResponse {}
}
