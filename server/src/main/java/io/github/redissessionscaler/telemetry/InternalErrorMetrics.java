package io.github.redissessionscaler.telemetry;

import io.github.redissessionscaler.background.InternalErrors;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** Internal errors by task. */
final class InternalErrorMetrics implements MultiCollector {

    @Override
    public MetricSnapshots collect() {
        var counter = CounterSnapshot.builder()
                .name(Metric.INTERNAL_ERRORS.prometheusName())
                .help(Metric.INTERNAL_ERRORS.description());
        InternalErrors.counts()
                .forEach((task, count) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("task", task))
                        .value((double) count)
                        .build()));
        return MetricSnapshots.of(counter.build());
    }
}
