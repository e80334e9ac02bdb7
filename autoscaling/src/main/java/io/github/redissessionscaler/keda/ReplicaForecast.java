package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.ReplicaCalculator;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/**
 * What KEDA and the HPA make of what a scaler reports. The status page, the metrics, {@code check}, {@code simulate} and
 * {@code demo} take every number of replicas from here; the methods differ in which rules they apply. Each computes its result.
 *
 * @param scaledObject the limits and the pace of the application
 * @param response of the only trigger
 * @param current replicas that run now, not negative
 */
public record ReplicaForecast(ScaledObject scaledObject, ScalerResponse response, long current) {

    /** The most sessions for which thresholds are computed. */
    static final long MOST = 1_000_000_000_000_000L;

    private static final ScaledObject UNLIMITED = ScaledObject.DEFAULT.between(1, MOST);

    /**
     * The forecast for an active trigger of an application of which nothing else is known: KEDA's defaults, a minimum of 1 and no
     * maximum.
     *
     * @param value of the metric, not negative
     * @param target by which the HPA divides the value, at least 0.001
     */
    public static ReplicaForecast of(double value, double target, long current) {
        return new ReplicaForecast(UNLIMITED, new ScalerResponse.MetricValues(value, target, true), current);
    }

    /** The same response while another number of replicas runs. */
    public ReplicaForecast from(long replicas) {
        return new ReplicaForecast(scaledObject, response, replicas);
    }

    /** The same application with another value of its metric. */
    public ReplicaForecast withValue(double value) {
        return new ReplicaForecast(
                scaledObject, new ScalerResponse.MetricValues(value, response.target(), true), current);
    }

    /** Replicas that the value needs: without tolerance, minimum and maximum. Empty for an error. */
    public OptionalLong needed() {
        return switch (response) {
            case ScalerResponse.MetricValues(double value, double target, boolean _) ->
                OptionalLong.of(ReplicaCalculator.needed(value, target));
            case ScalerResponse.Failure _ -> OptionalLong.empty();
        };
    }

    /**
     * Replicas that the HPA wants now: with its tolerance, at least 1; without minimum, maximum, windows and policies. An error
     * leaves the current ones.
     */
    public long wanted() {
        return switch (response) {
            case ScalerResponse.MetricValues(double value, double target, boolean _) -> desired(value, target);
            case ScalerResponse.Failure _ -> current;
        };
    }

    /**
     * Replicas of an application that has had this response for long, whatever runs now: those needed, with minimum and maximum;
     * without tolerance. An error counts as the minimum, at least 1.
     */
    public long neededWithinLimits() {
        return switch (response) {
            case ScalerResponse.MetricValues(double value, double target, boolean active) ->
                active
                        ? Math.clamp(
                                ReplicaCalculator.needed(value, target),
                                scaledObject.hpaMinimum(),
                                scaledObject.maxReplicas())
                        : scaledObject.idleReplicas().orElse(scaledObject.minReplicas());
            case ScalerResponse.Failure _ -> scaledObject.hpaMinimum();
        };
    }

    /** Replicas at rest if the response stays: with tolerance, minimum, maximum, windows, policies and KEDA's cooldown. */
    public SteadyState settled() {
        return SteadyState.of(scaledObject, response, current);
    }

    /**
     * The numbers of sessions at which the HPA wants more or fewer replicas than the current ones, under the rules of {@link #wanted}.
     *
     * @param valueOf the value of the metric for a number of sessions, rising
     */
    public SessionThresholds thresholds(LongToDoubleFunction valueOf) {
        LongUnaryOperator desired = sessions -> desired(valueOf.applyAsDouble(sessions), response.target());
        OptionalLong moreAt = least(sessions -> desired.applyAsLong(sessions) > current);
        long fewestToStay =
                least(sessions -> desired.applyAsLong(sessions) >= current).orElse(0);
        return new SessionThresholds(
                moreAt, fewestToStay == 0 ? OptionalLong.empty() : OptionalLong.of(fewestToStay - 1));
    }

    private long desired(double value, double target) {
        return atLeastOne(new ReplicaCalculator(scaledObject.tolerance()).desiredReplicas(value, target, current));
    }

    private static long atLeastOne(long replicas) {
        return Math.max(1, replicas);
    }

    /** The least number of sessions that this is true of, from which on it stays true. */
    private static OptionalLong least(LongPredicate reached) {
        if (!reached.test(MOST)) {
            return OptionalLong.empty();
        }
        long low = 0;
        long high = MOST;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (reached.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return OptionalLong.of(low);
    }
}
