package io.github.redissessionscaler.attacks;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection that speaks HTTP/2 frame by frame, as no client library would. For one thread. */
final class RawHttp2 implements Closeable {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int LONGEST_IN_ONE_BYTE = 127;

    private final Socket socket;
    private final DataOutputStream out;
    private int nextStream = 1;

    /**
     * Connects to a port of loopback.
     *
     * @param window how many bytes of each answer it would take
     */
    RawHttp2(int port, int window) throws IOException {
        this(Target.connect(port), window);
    }

    /** The same over a socket that is connected, to which it belongs from now on. */
    RawHttp2(Socket socket, int window) throws IOException {
        this.socket = socket;
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, 6);
        out.writeShort(INITIAL_WINDOW_SIZE);
        out.writeInt(window);
        out.flush();
    }

    /** From now on reads whatever comes, and forgets it. */
    RawHttp2 reading() {
        var _ = Thread.startVirtualThread(this::drain);
        return this;
    }

    /** Begins a call of this path, which has no message yet; returns its stream. */
    int begin(String path) throws IOException {
        return begin(path, "");
    }

    /** The same at a server of this name. */
    int begin(String path, String authority) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        byte[] block = block(path, authority);
        frame(HEADERS, END_HEADERS, stream, block.length);
        out.write(block);
        return stream;
    }

    /** Begins headers that do not end; returns their stream. */
    int headersWithoutEnd() throws IOException {
        int stream = nextStream;
        nextStream += 2;
        byte[] block = block("/", "");
        frame(HEADERS, 0, stream, block.length);
        out.write(block);
        return stream;
    }

    /** Continues headers with so many bytes, and does not end them. */
    void continuation(int stream, int length) throws IOException {
        frame(CONTINUATION, 0, stream, length);
        out.write(new byte[length]);
    }

    /** A call whose headers put 3 KB into the table of the connection, or name that entry so many times. */
    void tableBomb(int times) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        var block = new ByteArrayOutputStream();
        block.writeBytes(block("/no.such.Service/Method", ""));
        if (times == 0) {
            block.write(0x40);
            text(block, "x");
            text(block, "y".repeat(3_000));
        }
        for (int i = 0; i < times; i++) {
            block.write(0xbe);
        }
        frame(HEADERS, END_HEADERS, stream, block.size());
        block.writeTo(out);
    }

    /** Sends a message that is compressed with gzip. */
    void compressedMessage(int stream, byte[] message) throws IOException {
        frame(DATA, END_STREAM, stream, 5 + message.length);
        out.writeByte(1);
        out.writeInt(message.length);
        out.write(message);
    }

    /** A part of a message with nothing in it. */
    void emptyData(int stream) throws IOException {
        frame(DATA, 0, stream, 0);
    }

    /** Says again how many bytes of each answer it takes. */
    void settings(int window) throws IOException {
        frame(SETTINGS, 0, 0, 6);
        out.writeShort(INITIAL_WINDOW_SIZE);
        out.writeInt(window);
    }

    /** Lets a stream that need not exist depend on another. */
    void priority(int stream) throws IOException {
        frame(PRIORITY, 0, stream, 5);
        out.writeInt(0);
        out.writeByte(1);
    }

    /** Takes so many more bytes of a stream, or of all with 0. */
    void windowUpdate(int stream, int more) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, 4);
        out.writeInt(more);
    }

    /** Sends a whole message, and with it the end of what the client has to say. */
    void message(int stream, byte[] message) throws IOException {
        message(stream, message, END_STREAM);
    }

    /** Sends a whole message, after which there may be others. */
    void messageWithoutEnd(int stream, byte[] message) throws IOException {
        message(stream, message, 0);
    }

    private void message(int stream, byte[] message, int flags) throws IOException {
        frame(DATA, flags, stream, 5 + message.length);
        out.writeByte(0);
        out.writeInt(message.length);
        out.write(message);
    }

    /** Announces a message of this length and sends nothing but its beginning. */
    void partOfMessage(int stream, int announced, int sent) throws IOException {
        frame(DATA, 0, stream, 5 + sent);
        out.writeByte(0);
        out.writeInt(announced);
        out.write(new byte[sent]);
    }

    void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, 4);
        out.writeInt(CANCEL);
    }

    void ping() throws IOException {
        frame(PING, 0, 0, 8);
        out.writeLong(0);
    }

    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void frame(int type, int flags, int stream, int length) throws IOException {
        out.writeByte(length >>> 16);
        out.writeShort(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }

    /** HPACK without its dynamic table: names by their number in the static one, values as they are. */
    private static byte[] block(String path, String authority) {
        var block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x86);
        block.write(0x04);
        text(block, path);
        block.write(0x01);
        text(block, authority);
        block.write(0x0f);
        block.write(0x10);
        text(block, "application/grpc");
        block.write(0x00);
        text(block, "te");
        text(block, "trailers");
        block.write(0x00);
        text(block, "grpc-encoding");
        text(block, "gzip");
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length < LONGEST_IN_ONE_BYTE) {
            block.write(bytes.length);
        } else {
            block.write(LONGEST_IN_ONE_BYTE);
            int rest = bytes.length - LONGEST_IN_ONE_BYTE;
            for (; rest >= 128; rest >>= 7) {
                block.write((rest & 127) | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    private void drain() {
        try (var in = socket.getInputStream()) {
            in.skipNBytes(Long.MAX_VALUE);
        } catch (IOException e) {
            // the scaler has closed the connection
        }
    }
}
