package io.github.redissessionscaler.trigger;

import java.util.Optional;

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
        Headroom headroom) {}
