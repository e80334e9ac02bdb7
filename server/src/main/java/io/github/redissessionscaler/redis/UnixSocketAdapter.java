package io.github.redissessionscaler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A Unix domain socket as a {@link Socket}, which the Redis client requires and the JDK lacks. Read timeouts use a
 * selector. For one thread at a time.
 */
final class UnixSocketAdapter extends Socket {

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private volatile int timeoutMillis;

    private UnixSocketAdapter(SocketChannel channel, int timeoutMillis) throws IOException {
        this.channel = channel;
        this.timeoutMillis = timeoutMillis;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    /** A connected socket. */
    static Socket connect(Path path, Duration timeout) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                return new UnixSocketAdapter(channel, Math.toIntExact(timeout.toMillis()));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new JedisConnectionException("cannot connect to " + path, e);
        }
    }

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                var buffer = ByteBuffer.wrap(bytes, offset, length);
                int count = channel.read(buffer);
                while (count == 0) {
                    await(SelectionKey.OP_READ);
                    count = channel.read(buffer);
                }
                return count;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                var buffer = ByteBuffer.wrap(bytes, offset, length);
                channel.write(buffer);
                while (buffer.hasRemaining()) {
                    await(SelectionKey.OP_WRITE);
                    channel.write(buffer);
                }
            }
        };
    }

    /** Waits until the operation can proceed; a timeout of 0 means no timeout. */
    private void await(int operation) throws IOException {
        try {
            key.interestOps(operation);
        } catch (CancelledKeyException e) {
            throw new SocketException("socket closed", e);
        }
        int ready;
        try {
            ready = selector.select(timeoutMillis);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw new SocketException("socket closed while waiting", e);
        }
        if (ready == 0 && timeoutMillis > 0) {
            throw new SocketTimeoutException("no reply within " + timeoutMillis + " ms");
        }
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isBound() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return !channel.isOpen();
    }

    @Override
    public boolean isOutputShutdown() {
        return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
