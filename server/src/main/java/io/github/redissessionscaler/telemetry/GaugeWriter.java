package io.github.redissessionscaler.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes gauges with very many series in Prometheus's text format 0.0.4. The labels of a series are rendered once and used
 * for each of its gauges. Not thread-safe.
 */
public final class GaugeWriter {

    /** The labels of a series as they stand in the text. */
    public static final class Series {

        private final byte[] text;

        private Series(byte[] text) {
            this.text = text;
        }

        /**
         * A series.
         *
         * @param namesAndValues in turn; the names in alphabetical order
         */
        public static Series of(String... namesAndValues) {
            var text = new StringBuilder(256).append('{');
            for (int i = 0; i < namesAndValues.length; i += 2) {
                text.append(i == 0 ? "" : ",").append(namesAndValues[i]).append("=\"");
                escape(namesAndValues[i + 1], text);
                text.append('"');
            }
            return new Series(text.append("} ").toString().getBytes(UTF_8));
        }

        private static void escape(String value, StringBuilder text) {
            for (int i = 0; i < value.length(); i++) {
                char character = value.charAt(i);
                switch (character) {
                    case '\\' -> text.append("\\\\");
                    case '"' -> text.append("\\\"");
                    case '\n' -> text.append("\\n");
                    default -> text.append(character);
                }
            }
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

    /**
     * Begins a gauge; the series that follow are its own.
     *
     * @param help one line
     */
    public void begin(String gauge, String help) throws IOException {
        name = gauge.getBytes(UTF_8);
        write(("# HELP " + gauge + " " + help + "\n# TYPE " + gauge + " gauge\n").getBytes(UTF_8));
    }

    /** Writes the value of one series of the gauge. */
    public void add(Series series, double value) throws IOException {
        write(name);
        write(series.text);
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
