package io.github.redissessionscaler.trigger;

import java.util.Map;
import java.util.Optional;

/**
 * What KEDA builds the HPA from. It depends on the metadata alone: the HPA keeps it until the ScaledObject changes, so every
 * replica of the scaler must report the same, also after a restart.
 *
 * @param name of the metric, without KEDA's {@code s0-} prefix
 * @param target of the metric, sessions per replica
 */
public record MetricSpec(String name, double target) {

    /**
     * The metric that the metadata describes. Never fails: a missing or invalid name or target is replaced by the default,
     * since an error here would stop the other triggers of the ScaledObject. Only other calls reject a trigger.
     */
    public static MetricSpec of(Map<String, String> metadata) {
        String name = given(metadata, MetadataKey.METRIC_NAME)
                .flatMap(MetadataValues.METRIC_NAME::parse)
                .orElseGet(() -> MetadataKey.METRIC_NAME.byDefault().orElseThrow());
        return new MetricSpec(
                name,
                Target.metricTarget(given(metadata, MetadataKey.SESSION_SIZE).flatMap(Target::parse)));
    }

    private static Optional<String> given(Map<String, String> metadata, MetadataKey key) {
        return Optional.ofNullable(metadata.get(key.text()))
                .or(() -> Optional.ofNullable(metadata.get(key.text() + MetadataKey.FROM_ENV)));
    }
}
