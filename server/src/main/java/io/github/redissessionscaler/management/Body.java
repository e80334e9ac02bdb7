package io.github.redissessionscaler.management;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The body of a response, kept compressed until it is sent: that takes about a tenth of the memory. Immutable.
 *
 * @param parts of the gzip output
 * @param size of all parts together, in bytes
 */
record Body(List<byte[]> parts, long size) {

    private static final int PART = 16 * 1024;

    /** Writes the uncompressed body. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    static Body of(Content content) throws IOException {
        var parts = new Parts();
        try (var gzip = new Fast(parts)) {
            content.writeTo(gzip);
        }
        return parts.body();
    }

    /** The uncompressed body; it is decompressed while it is read. */
    InputStream plain() throws IOException {
        return new GZIPInputStream(compressed(), PART / 2);
    }

    InputStream compressed() {
        return new SequenceInputStream(Collections.enumeration(
                parts.stream().map(ByteArrayInputStream::new).toList()));
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, PART);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** Stores the output in parts of one size, so that growing copies nothing. */
    private static final class Parts extends OutputStream {

        private final List<byte[]> full = new ArrayList<>();
        private byte[] last = new byte[PART];
        private int length;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            int from = offset;
            int left = count;
            while (left > 0) {
                if (length == PART) {
                    full.add(last);
                    last = new byte[PART];
                    length = 0;
                }
                int some = Math.min(left, PART - length);
                System.arraycopy(bytes, from, last, length, some);
                length += some;
                from += some;
                left -= some;
            }
        }

        Body body() {
            byte[] rest = new byte[length];
            System.arraycopy(last, 0, rest, 0, length);
            List<byte[]> all = new ArrayList<>(full);
            all.add(rest);
            return new Body(List.copyOf(all), (long) full.size() * PART + length);
        }
    }
}
