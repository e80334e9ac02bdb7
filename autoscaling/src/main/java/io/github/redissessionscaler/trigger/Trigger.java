package io.github.redissessionscaler.trigger;

import java.util.Optional;

/**
 * One trigger of a ScaledObject. Equal metadata gives equal triggers, and equal triggers are answered alike: nothing
 * else identifies one, since several triggers of a ScaledObject share its name and namespace.
 *
 * @param metricName without KEDA's {@code s0-} prefix
 * @param layout the session layout that the source was derived from
 * @param wholeReplicas whether the value is rounded up to whole replicas
 */
public record Trigger(
        Source source,
        Optional<Layout> layout,
        Target target,
        String metricName,
        Activation activation,
        UnavailablePolicy onUnavailable,
        boolean wholeReplicas,
        Headroom headroom) {

    /** Of what triggers mostly differ in: a hash is made for every call, and that of a whole record would take a while. */
    @Override
    public int hashCode() {
        return 31 * source.hashCode() + target.hashCode();
    }

    /**
     * The value of the metric for so many sessions: with headroom, rounded to whole replicas where that is wanted, and scaled
     * so that the HPA, which divides by the {@linkplain Target#metricTarget() target of the metric}, gets what the current one gives.
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
