package io.github.redissessionscaler.management;

import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.trigger.Database;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Progress of the running scans, computed at each scrape. */
public record ScanMetrics(Supplier<Map<Database, ScanProgress>> scans) implements MultiCollector {

    @Override
    public MetricSnapshots collect() {
        Map<Database, ScanProgress> now = scans.get();
        return MetricSnapshots.of(
                gauge(Metric.SCAN_KEYS_SEEN, now, ScanProgress::keysSeen),
                gauge(Metric.SCAN_KEYS_EXPECTED, now, ScanProgress::keysExpected));
    }

    private static GaugeSnapshot gauge(
            Metric metric, Map<Database, ScanProgress> scans, ToLongFunction<ScanProgress> value) {
        var gauge = GaugeSnapshot.builder().name(metric.prometheusName()).help(metric.description());
        scans.forEach((database, progress) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels(database))
                .value((double) value.applyAsLong(progress))
                .build()));
        return gauge.build();
    }

    /** The default database of a connection has no index label. */
    private static Labels labels(Database database) {
        return Labels.of(
                "connection",
                database.connection(),
                "database",
                database.index().isPresent() ? Integer.toString(database.index().getAsInt()) : "");
    }
}
