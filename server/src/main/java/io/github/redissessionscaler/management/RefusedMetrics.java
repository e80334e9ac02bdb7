package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.telemetry.GaugeWriter;
import io.github.redissessionscaler.telemetry.GaugeWriter.Series;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.ScrapeDetail;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A gauge for each ScaledObject with a trigger that is refused now, computed at each scrape. */
public record RefusedMetrics(RefusedTriggers refused) implements Telemetry.LargeGauges {

    private record Name(String namespace, String scaledObject) {}

    @Override
    public void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException {
        out.begin(Metric.TRIGGER_REFUSED);
        Map<Name, Series> all = new LinkedHashMap<>();
        refused.currently()
                .forEach(one -> all.computeIfAbsent(
                        new Name(one.namespace(), one.scaledObject()),
                        name -> Series.of(
                                "scaledobject", name.scaledObject(), "scaledobject_namespace", name.namespace())));
        for (Series one : all.values()) {
            out.add(one, 1);
        }
    }
}
