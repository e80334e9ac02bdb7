package io.github.redissessionscaler.keda;

/** What a trigger's scaler returns to KEDA. */
public sealed interface ScalerResponse {

    /** Of the metric, sessions per replica: what the HPA divides the value by. */
    double target();

    /**
     * Metric values.
     *
     * @param value of the metric, not negative
     * @param target per replica, at least 0.001
     */
    record MetricValues(double value, double target, boolean active) implements ScalerResponse {}

    /**
     * An error.
     *
     * @param target per replica, which KEDA knows from an earlier call
     */
    record Failure(double target) implements ScalerResponse {}
}
