package io.github.redissessionscaler.trigger;

import java.time.Duration;
import java.util.Optional;

/**
 * One trigger of a ScaledObject. Triggers with equal metadata are equal and report the same; nothing else identifies one,
 * since several triggers of a ScaledObject share its name and namespace.
 *
 * @param metricName without KEDA's {@code s0-} prefix
 * @param layout the session layout that the source was derived from
 * @param wholeReplicas whether the value is rounded up to whole replicas
 * @param lookAhead how long a new replica takes to serve; zero for no forecast
 */
public record Trigger(
        Source source,
        Optional<Layout> layout,
        Target target,
        String metricName,
        Activation activation,
        UnavailablePolicy onUnavailable,
        boolean wholeReplicas,
        Headroom headroom,
        Duration lookAhead) {

    /** Covers only what usually differs: every call computes a hash, and that of the whole record is slow. */
    @Override
    public int hashCode() {
        return 31 * source.hashCode() + target.hashCode();
    }

    /**
     * The value of the metric for this number of sessions: with headroom, rounded up to whole replicas if so configured, and
     * scaled from the current target to the {@linkplain Target#metricTarget() target of the metric}, by which the HPA divides.
     *
     * @param sessions from 0 to 10<sup>15</sup>
     * @param current target, sessions per replica
     */
    public double valueOf(double sessions, double current) {
        double withHeadroom = headroom.addedTo(sessions);
        return wholeReplicas
                ? ReportedValue.ofWholeReplicas(withHeadroom, current, target.metricTarget())
                : ReportedValue.of(withHeadroom, current, target.metricTarget());
    }
}
