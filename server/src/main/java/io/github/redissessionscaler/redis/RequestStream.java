package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Sends commands and counts them, so that the number of expected replies is known. For one thread at a time. */
final class RequestStream extends OutputStream {

    /** Longest argument that is inspected; names of commands and passwords are shorter. */
    private static final int LOOKED_AT = 16_384;

    private final OutputStream target;
    private final Exchange exchange;
    private final ReplyStream replies;

    /** Number of arguments of the current command that have not ended. */
    private long arguments;

    private boolean inNumber;
    private long number;

    /** Missing bytes of the current argument, including its line end. */
    private long left;

    private byte[] argument = new byte[64];
    private int length;
    private String name = "";

    RequestStream(OutputStream target, Exchange exchange, ReplyStream replies) {
        this.target = target;
        this.exchange = exchange;
        this.replies = replies;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int size) throws IOException {
        int at = offset;
        while (at < offset + size) {
            if (left > 0 && !inNumber) {
                int some = (int) Math.min(left, offset + size - at);
                look(bytes, at, some);
                at += some;
                left -= some;
                if (left == 0) {
                    argumentEnded();
                }
            } else {
                take(bytes[at++]);
            }
        }
        exchange.timed(() -> {
            target.write(bytes, offset, size);
            return size;
        });
    }

    private void take(byte next) throws IOException {
        switch (next) {
            case '*', '$' -> {
                if (next == '*') {
                    exchange.asked(replies);
                    name = "";
                }
                inNumber = true;
                number = 0;
            }
            case '\r' -> {
                // the number ends with the line
            }
            case '\n' -> {
                inNumber = false;
                if (arguments == 0) {
                    arguments = number;
                } else {
                    left = number + 2;
                    length = 0;
                }
            }
            default -> number = 10 * number + next - '0';
        }
    }

    private void look(byte[] bytes, int at, int some) {
        if (length + some <= LOOKED_AT) {
            if (length + some > argument.length) {
                argument = Arrays.copyOf(argument, Math.max(length + some, 2 * argument.length));
            }
            System.arraycopy(bytes, at, argument, length, some);
            length += some;
        }
    }

    private void argumentEnded() {
        byte[] whole = Arrays.copyOf(argument, Math.max(0, length - 2));
        if (name.isEmpty()) {
            name = new String(whole, US_ASCII);
        }
        arguments--;
        if (arguments == 0) {
            exchange.asked(name, whole);
        }
    }

    @Override
    public void flush() throws IOException {
        target.flush();
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
