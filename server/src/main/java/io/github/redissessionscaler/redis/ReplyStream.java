package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.redis.MalformedReplyException.Peer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Validates replies before the Redis client parses them, because the client trusts the lengths that a server announces.
 * Only RESP2 with 64-bit numbers and limited lengths and depth passes.
 *
 * <p>A string of more than {@link #LONGEST_STRING} bytes is truncated and followed by a checksum of all of it, so that
 * different long keys stay different. Lines of text, mostly errors, and names of nodes appear in messages: they are escaped
 * and truncated, and {@link HiddenSecret} removes the password. For one thread at a time.
 */
final class ReplyStream extends InputStream {

    /** Longest string, in bytes: longer than sensible keys and all numbers. */
    static final int LONGEST_STRING = Shard.LONGEST_KEY;

    /** Longest reply to INFO, in bytes. A longer one is refused, not truncated. */
    static final int LONGEST_INFO = 512 * 1024;

    /** Longest line of text, in bytes. */
    static final int LONGEST_LINE = 8 * 1024;

    /** CLUSTER SLOTS has five levels. */
    static final int DEEPEST = 8;

    /** The default limit of Redis for a string, in bytes. */
    private static final long LONGEST_ANNOUNCED = 512L << 20;

    /** Memory of the client for a number, a string or a list, for an element of a list, and for an error, in bytes. */
    private static final int OBJECT = 48;

    private static final int ELEMENT = 8;
    private static final int ERROR = 1_024;

    /** First bytes of a malformed reply that are quoted. */
    private static final int QUOTED = 32;

    /** Characters of a 64-bit number with its sign. */
    private static final int LONGEST_NUMBER = 20;

    /** Digits of {@link #LONGEST_STRING}. */
    private static final int SHORT_NUMBER = 4;

    private static final int CHECKSUM = 16;

    private static final byte[] LINE_END = {'\r', '\n'};

    private enum ParserState {
        TYPE,
        NUMBER,
        NUMBER_LF,
        TEXT,
        STRING,
        STRING_CR,
        STRING_LF
    }

    private final InputStream source;
    private final Exchange exchange;

    /** Holds most pages of a scan as a whole. */
    private final byte[] read = new byte[16_384];

    private int from;
    private int to;

    /** Bytes to return next, in place of those read, and from where to where. */
    private byte[] ready = LINE_END;

    private int readyFrom = LINE_END.length;
    private int readyTo = LINE_END.length;

    /** The last number with its type and the end of its line, if it is returned as it is. */
    private final byte[] shownNumber = new byte[1 + LONGEST_NUMBER + LINE_END.length];

    private ParserState state = ParserState.TYPE;
    private int type;

    /** Number of missing elements of each open list, innermost last. */
    private final long[] missing = new long[DEEPEST];

    private int depth;

    private byte[] text = new byte[64];
    private int length;

    /** Missing bytes of the current string, and those of them to return. */
    private long left;

    private long passing;
    private boolean cut;
    private final CRC32 checksum = new CRC32();
    private final CRC32C otherChecksum = new CRC32C();

    /**
     * Reads from the source.
     *
     * @param exchange knows the commands, and limits memory and time
     */
    ReplyStream(InputStream source, Exchange exchange) {
        this.source = source;
        this.exchange = exchange;
    }

    /** Whether there is data without a command. */
    boolean hasMore() throws IOException {
        return from < to || readyFrom < readyTo || state != ParserState.TYPE || depth > 0 || source.available() > 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int size) throws IOException {
        int end = offset + size;
        int at = offset;
        while (at == offset) {
            if (from == to && readyFrom == readyTo) {
                int received = Math.max(0, exchange.timed(() -> source.read(read, 0, read.length)));
                from = 0;
                to = received;
                if (received == 0) {
                    if (state != ParserState.TYPE || depth > 0 || exchange.isBetweenReplies()) {
                        throw new EOFException("the server closed the connection in the middle of a reply");
                    }
                    return -1;
                }
            }
            while (at < end && (readyFrom < readyTo || from < to)) {
                at += pass(bytes, at, end);
            }
            exchange.paused(state == ParserState.TYPE && depth == 0);
        }
        return at - offset;
    }

    /** Takes one step; returns the number of bytes returned to the caller. */
    private int pass(byte[] bytes, int at, int end) throws IOException {
        if (readyFrom < readyTo) {
            int some = Math.min(end - at, readyTo - readyFrom);
            System.arraycopy(ready, readyFrom, bytes, at, some);
            readyFrom += some;
            return some;
        }
        if (state == ParserState.STRING) {
            return passString(bytes, at, end);
        }
        if (state == ParserState.TYPE && depth > 0) {
            int passed = passShortStrings(bytes, at, end);
            if (passed > 0) {
                return passed;
            }
        }
        take(read[from++]);
        return 0;
    }

    /**
     * Returns strings of the innermost list as they are: those that are here as a whole, and have a valid, short length. They are
     * almost all of a page of keys. The last string of the list, and whatever else there is, is taken byte by byte.
     */
    private int passShortStrings(byte[] bytes, int at, int end) throws IOException {
        if (exchange.asksForNames()) {
            return 0;
        }
        int limit = Math.min(to, from + end - at);
        long most = missing[depth - 1] - 1;
        long strings = 0;
        long content = 0;
        int checked = from;
        while (strings < most) {
            int next = checked;
            int announced = 0;
            if (next == limit || read[next++] != '$') {
                break;
            }
            int digits = next;
            while (next < limit && next - digits < SHORT_NUMBER && read[next] >= '0' && read[next] <= '9') {
                announced = 10 * announced + read[next++] - '0';
            }
            int string = next + 2;
            int after = string + announced + 2;
            if (next == digits
                    || announced > LONGEST_STRING
                    || after > limit
                    || read[next] != '\r'
                    || read[next + 1] != '\n'
                    || read[after - 2] != '\r'
                    || read[after - 1] != '\n') {
                break;
            }
            strings++;
            content += announced;
            checked = after;
        }
        int size = checked - from;
        exchange.needs(OBJECT * strings + content);
        System.arraycopy(read, from, bytes, at, size);
        missing[depth - 1] -= strings;
        from = checked;
        return size;
    }

    private void take(byte next) throws IOException {
        switch (state) {
            case TYPE -> begin(next);
            case NUMBER -> {
                if (next == '\r') {
                    state = ParserState.NUMBER_LF;
                } else if (length == LONGEST_NUMBER) {
                    throw malformed(number("a number of more than " + LONGEST_NUMBER + " characters"));
                } else {
                    append(next);
                }
            }
            case NUMBER_LF -> {
                require(next == '\n', "a number that does not end with its line");
                number(parsed());
            }
            case TEXT -> {
                if (next == '\n') {
                    line();
                } else if (length == LONGEST_LINE) {
                    throw malformed("a line of more than " + LONGEST_LINE + " bytes");
                } else {
                    append(next);
                }
            }
            case STRING_CR -> {
                require(next == '\r', "a string that is longer than announced");
                state = ParserState.STRING_LF;
            }
            case STRING_LF -> {
                require(next == '\n', "a string that is longer than announced");
                passes(LINE_END, LINE_END.length);
                ended();
            }
            case STRING -> throw new IllegalStateException("strings are taken as a whole");
        }
    }

    private void begin(byte next) throws IOException {
        type = next;
        length = 0;
        state = switch (next) {
            case ':', '$', '*' -> ParserState.NUMBER;
            case '+', '-' -> ParserState.TEXT;
            case 0x15, 0x16 -> throw new MalformedReplyException(Peer.TLS, "data that begins like TLS");
            case '%' -> throw newer("a map");
            case '~' -> throw newer("a set");
            case '_' -> throw newer("a null");
            case ',' -> throw newer("a floating-point number");
            case '(' -> throw newer("a big number");
            case '#' -> throw newer("a boolean");
            case '|' -> throw newer("an attribute");
            case '>' -> throw newer("a push message");
            case '=' -> throw newer("a verbatim string");
            case '!' -> throw newer("a long error");
            default -> throw new MalformedReplyException(Peer.OTHER, beginning());
        };
    }

    private MalformedReplyException newer(String reply) {
        return malformed(reply + " of RESP3 (" + beginning() + "), in place of a reply of RESP2");
    }

    /** The first bytes of the reply, escaped. Once a password was sent, which the server may echo, only the first one. */
    private String beginning() {
        int start = from - 1;
        int end = start + 1;
        while (exchange.secret().isEmpty()
                && end < Math.min(to, start + QUOTED)
                && read[end] != '\r'
                && read[end] != '\n') {
            end++;
        }
        return quoted(Arrays.copyOfRange(read, start, end));
    }

    private static String quoted(byte[] bytes) {
        return "'" + ShownText.line(bytes, HiddenSecret.NONE) + "'";
    }

    private MalformedReplyException malformed(String what) {
        return new MalformedReplyException(
                exchange.command().isEmpty() ? what : what + ", in reply to " + exchange.command());
    }

    private void append(byte next) {
        if (length == text.length) {
            text = Arrays.copyOf(text, 2 * length);
        }
        text[length++] = next;
    }

    private long parsed() throws MalformedReplyException {
        boolean negative = length > 0 && text[0] == '-';
        require(length > (negative ? 1 : 0), "a number without digits");
        long value = 0;
        for (int i = negative ? 1 : 0; i < length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(number("a number with characters other than digits"));
            }
            if (value < (Long.MIN_VALUE + digit) / 10) {
                throw malformed(number("a number of more than 64 bits"));
            }
            value = 10 * value - digit;
        }
        require(negative || value != Long.MIN_VALUE, "a number of more than 64 bits");
        require(!negative || value != 0, "the number -0");
        return negative ? value : -value;
    }

    /** Quotes the number, unless it may be a part of the password. */
    private String number(String what) {
        return exchange.secret().isEmpty() ? what + " (" + quoted(Arrays.copyOf(text, length)) + ")" : what;
    }

    private void number(long value) throws IOException {
        switch (type) {
            case ':' -> {
                exchange.needs(OBJECT);
                passesNumber();
                ended();
            }
            case '*' -> list(value);
            default -> string(value);
        }
    }

    private void list(long elements) throws IOException {
        require(elements >= -1, "a list of a negative length, in place of at least -1");
        exchange.needs(OBJECT + ELEMENT * Math.min(elements, Integer.MAX_VALUE));
        passesNumber();
        if (elements <= 0) {
            ended();
            return;
        }
        require(depth < DEEPEST, "lists within lists, more than " + DEEPEST + " deep");
        missing[depth++] = elements;
        state = ParserState.TYPE;
    }

    private void string(long announced) throws IOException {
        require(announced >= -1, "a string of a negative length, in place of at least -1");
        require(announced <= LONGEST_ANNOUNCED, "a string of more than 512 MiB");
        left = Math.max(0, announced);
        boolean whole = exchange.asksForInfo();
        require(!whole || announced <= LONGEST_INFO, "an INFO of more than " + LONGEST_INFO + " bytes");
        require(
                !exchange.asksForNames() || announced <= ShownText.LONGEST,
                "a name of more than " + ShownText.LONGEST + " bytes");
        cut = !whole && announced > LONGEST_STRING;
        long shown = cut ? LONGEST_STRING : announced;
        passing = cut ? LONGEST_STRING - CHECKSUM : left;
        exchange.needs(OBJECT + Math.max(0, shown));
        if (cut) {
            checksum.reset();
            otherChecksum.reset();
            passes("$" + shown + "\r\n");
        } else if (announced == -1 || !exchange.asksForNames()) {
            passesNumber();
        }
        length = 0;
        if (announced == -1) {
            ended();
        } else {
            state = ParserState.STRING;
        }
    }

    /** Returns the first bytes of the string and skips the rest, which is in the checksum. */
    private int passString(byte[] bytes, int at, int end) {
        int some = (int) Math.min(left, to - from);
        int passed = 0;
        if (exchange.asksForNames()) {
            for (int i = 0; i < some; i++) {
                append(read[from + i]);
            }
        } else {
            if (passing > 0) {
                some = (int) Math.min(some, Math.min(passing, end - at));
                System.arraycopy(read, from, bytes, at, some);
                passing -= some;
                passed = some;
            }
            if (cut) {
                checksum.update(read, from, some);
                otherChecksum.update(read, from, some);
            }
        }
        from += some;
        left -= some;
        if (left == 0) {
            if (exchange.asksForNames()) {
                String name = ShownText.name(Arrays.copyOf(text, length), exchange.secret());
                passes("$" + name.length() + "\r\n" + name);
            } else if (cut) {
                passes("%08x%08x".formatted(checksum.getValue(), otherChecksum.getValue()));
            }
            state = ParserState.STRING_CR;
        }
        return passed;
    }

    private void line() throws IOException {
        if (length > 0 && text[length - 1] == '\r') {
            length--;
        }
        boolean error = type == '-';
        require(!error || length > 0, "an error without a text");
        exchange.needs(OBJECT + length + (error ? ERROR : 0));
        byte[] said = Arrays.copyOf(text, length);
        String shown = exchange.authenticates()
                ? ShownText.ofAuthentication(said, exchange.command())
                : ShownText.line(said, exchange.secret());
        passes((char) type + shown + "\r\n");
        ended();
    }

    private void passes(String ascii) {
        passes(ascii.getBytes(US_ASCII), ascii.length());
    }

    private void passes(byte[] bytes, int size) {
        ready = bytes;
        readyFrom = 0;
        readyTo = size;
    }

    /** Returns the number that was read, with its type. */
    private void passesNumber() {
        shownNumber[0] = (byte) type;
        System.arraycopy(text, 0, shownNumber, 1, length);
        System.arraycopy(LINE_END, 0, shownNumber, 1 + length, LINE_END.length);
        passes(shownNumber, 1 + length + LINE_END.length);
    }

    /** The current value has ended, and perhaps lists with it. */
    private void ended() throws IOException {
        state = ParserState.TYPE;
        while (depth > 0 && --missing[depth - 1] == 0) {
            depth--;
        }
        if (depth == 0) {
            exchange.replied();
        }
    }

    private void require(boolean condition, String otherwise) throws MalformedReplyException {
        if (!condition) {
            throw malformed(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
