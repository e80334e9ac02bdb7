package io.github.redissessionscaler.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.telemetry.GaugeWriter.Series;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It writes what Prometheus's library writes. */
final class GaugeWriterTest {

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0,
                1,
                9,
                10,
                100,
                123_456,
                999_999,
                1_000_000,
                12_345_678,
                0.1,
                0.05,
                1.5,
                -1,
                -0.5,
                1e-9,
                3e300,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY
            })
    void aNumberIsWrittenAsByTheLibrary(double value) throws IOException {
        assertThat(written("web", value)).isEqualTo(byTheLibrary("web", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "a \"b\"", "back\\slash", "two\nlines", "商店", "😀", "\t", "a=\"1\",b=\"2\"} 3"})
    void aLabelIsWrittenAsByTheLibrary(String label) throws IOException {
        assertThat(written(label, 1)).isEqualTo(byTheLibrary(label, 1));
    }

    /** More than fits into its buffer, with a series that does not fit into it alone. */
    @Test
    void everySeriesIsWrittenWhole() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new GaugeWriter(out);
        String large = "x".repeat(20_000);
        writer.begin("many", "Many series");
        for (int i = 0; i < 2_000; i++) {
            writer.add(Series.of("number", String.valueOf(i)), i);
        }
        writer.add(Series.of("number", large), 1);
        writer.flush();

        assertThat(out.toString(UTF_8).lines().skip(2))
                .hasSize(2_001)
                .contains(
                        "many{number=\"0\"} 0.0", "many{number=\"1999\"} 1999.0", "many{number=\"" + large + "\"} 1.0");
    }

    private static String written(String label, double value) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new GaugeWriter(out);
        writer.begin("sessions", "How many sessions there are");
        writer.add(Series.of("connection", "default", "scaledobject", label), value);
        writer.flush();
        return out.toString(UTF_8);
    }

    private static String byTheLibrary(String label, double value) throws IOException {
        var out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create()
                .write(
                        out,
                        MetricSnapshots.of(GaugeSnapshot.builder()
                                .name("sessions")
                                .help("How many sessions there are")
                                .dataPoint(GaugeDataPointSnapshot.builder()
                                        .labels(Labels.of("connection", "default", "scaledobject", label))
                                        .value(value)
                                        .build())
                                .build()),
                        EscapingScheme.DEFAULT);
        return out.toString(UTF_8);
    }
}
