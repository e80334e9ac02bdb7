package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.hpa.WholeInstances;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * One trigger of a ScaledObject. Equal metadata gives equal triggers, and equal triggers are answered alike: nothing
 * else identifies one, since several triggers of a ScaledObject share its name and namespace.
 *
 * @param metricName without KEDA's {@code s0-} prefix
 * @param layout the session layout that the source was derived from
 * @param wholeInstances whether the value is rounded up to whole instances
 */
public record Trigger(
        Source source,
        Optional<Layout> layout,
        Target target,
        String metricName,
        Activation activation,
        UnavailablePolicy onUnavailable,
        boolean wholeInstances,
        Headroom headroom) {

    /** Of what triggers mostly differ in: a hash is made for every call, and that of a whole record would take a while. */
    @Override
    public int hashCode() {
        return 31 * source.hashCode() + target.hashCode();
    }

    /**
     * The value of the metric for so many sessions: with headroom, rounded to whole instances where that is wanted.
     *
     * @param target sessions per instance; asked for only where it matters
     */
    public double valueOf(double sessions, DoubleSupplier target) {
        double withHeadroom = headroom.addedTo(sessions);
        return wholeInstances ? WholeInstances.roundUp(withHeadroom, target.getAsDouble()) : withHeadroom;
    }
}
