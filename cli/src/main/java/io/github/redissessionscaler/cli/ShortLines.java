package io.github.redissessionscaler.cli;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Supplier;

/** A text in which a line that memory may have no room for is an error. Not thread-safe. */
final class ShortLines extends FilterReader {

    private final long longest;
    private final Supplier<? extends RuntimeException> tooLong;
    private long length;

    /**
     * The same text.
     *
     * @param longest line, in characters
     * @param tooLong what a read of a longer one throws
     */
    ShortLines(Reader text, long longest, Supplier<? extends RuntimeException> tooLong) {
        super(text);
        this.longest = longest;
        this.tooLong = tooLong;
    }

    @Override
    public int read() throws IOException {
        var one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] text, int offset, int most) throws IOException {
        int count = super.read(text, offset, most);
        for (int i = offset; i < offset + count; i++) {
            length = text[i] == '\n' || text[i] == '\r' ? 0 : length + 1;
            if (length > longest) {
                throw tooLong.get();
            }
        }
        return count;
    }
}
