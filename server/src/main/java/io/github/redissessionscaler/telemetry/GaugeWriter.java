package io.github.redissessionscaler.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes gauges with very many series in Prometheus's text format 0.0.4, without building the text of a series in memory. Not
 * thread-safe.
 */
public final class GaugeWriter {

    /** The labels of a series, encoded, so that several gauges can have them. Immutable. */
    public static final class Series {

        private final byte[] labels;

        private Series(String labels) {
            this.labels = labels.getBytes(UTF_8);
        }

        /**
         * A series.
         *
         * @param namesAndValues in turn; the names in alphabetical order
         */
        public static Series of(String... namesAndValues) {
            var labels = new StringBuilder();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                labels.append(i == 0 ? '{' : ',')
                        .append(namesAndValues[i])
                        .append("=\"")
                        .append(escaped(namesAndValues[i + 1]))
                        .append('"');
            }
            return new Series(labels.append("} ").toString());
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }

    private static final int BUFFER = 16 * 1024;

    /** Up to here, each whole number is written digit by digit. */
    private static final double LARGEST_WHOLE = 1e6;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int length;
    private byte[] name = {};

    GaugeWriter(OutputStream out) {
        this.out = out;
    }

    /** Begins a gauge; the series that follow are its own. */
    public void begin(Metric gauge) throws IOException {
        begin(gauge.prometheusName(), gauge.description());
    }

    /**
     * Begins a gauge.
     *
     * @param help one line
     */
    void begin(String gauge, String help) throws IOException {
        name = gauge.getBytes(UTF_8);
        write(("# HELP " + gauge + " " + help + "\n# TYPE " + gauge + " gauge\n").getBytes(UTF_8));
    }

    /** Writes the value of one series of the gauge. */
    public void add(Series series, double value) throws IOException {
        write(name);
        write(series.labels);
        writeNumber(value);
        writeByte('\n');
    }

    void flush() throws IOException {
        out.write(buffer, 0, length);
        length = 0;
    }

    /** As {@link Double#toString}, but infinity as Prometheus writes it. */
    private void writeNumber(double value) throws IOException {
        if (value >= 0 && value < LARGEST_WHOLE && value == Math.rint(value)) {
            writeDigits((int) value);
            writeByte('.');
            writeByte('0');
        } else if (Double.isInfinite(value)) {
            write((value > 0 ? "+Inf" : "-Inf").getBytes(UTF_8));
        } else {
            write(Double.toString(value).getBytes(UTF_8));
        }
    }

    private void writeDigits(int number) throws IOException {
        if (number >= 10) {
            writeDigits(number / 10);
        }
        writeByte('0' + number % 10);
    }

    private void writeByte(int one) throws IOException {
        if (length == BUFFER) {
            flush();
        }
        buffer[length++] = (byte) one;
    }

    private void write(byte[] bytes) throws IOException {
        if (bytes.length > BUFFER - length) {
            flush();
        }
        if (bytes.length > BUFFER) {
            out.write(bytes);
        } else {
            System.arraycopy(bytes, 0, buffer, length, bytes.length);
            length += bytes.length;
        }
    }
}
