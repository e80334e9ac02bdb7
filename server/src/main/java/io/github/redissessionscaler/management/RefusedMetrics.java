package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.stream.Stream;

/** A gauge for each ScaledObject with a refused trigger, computed at each scrape. */
public record RefusedMetrics(RefusedTriggers refused) implements Telemetry.Families {

    @Override
    public Stream<GaugeSnapshot> snapshots() {
        var gauge = GaugeSnapshot.builder()
                .name(Telemetry.PREFIX + "trigger_refused")
                .help("1 for a ScaledObject with a trigger that was refused in the last 10 minutes");
        refused.lately().stream()
                .map(one -> Labels.of("scaledobject_namespace", one.namespace(), "scaledobject", one.scaledObject()))
                .distinct()
                .forEach(labels -> gauge.dataPoint(
                        GaugeDataPointSnapshot.builder().labels(labels).value(1).build()));
        return Stream.of(gauge.build());
    }
}
