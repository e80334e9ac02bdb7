package io.github.redissessionscaler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

/**
 * A connected socket that limits the time and memory of each exchange with a Redis server, and validates replies. For one
 * thread at a time; any thread may close it.
 */
final class GuardedSocket extends Socket {

    private final Socket socket;
    private final Exchange exchange;
    private final ReplyStream replies;
    private final RequestStream requests;
    private volatile boolean closed;

    /**
     * Guards a socket.
     *
     * @param connection the TCP or Unix socket, which is closed at the deadline of an exchange
     * @param socket the same, or TLS on it
     * @param time limit of an exchange
     */
    GuardedSocket(Socket connection, Socket socket, Duration time) throws IOException {
        this.socket = socket;
        exchange = new Exchange(connection, time);
        replies = new ReplyStream(socket.getInputStream(), exchange);
        requests = new RequestStream(socket.getOutputStream(), exchange, replies);
    }

    @Override
    public InputStream getInputStream() {
        return replies;
    }

    @Override
    public OutputStream getOutputStream() {
        return requests;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    /**
     * Whether {@link #close} was called. A socket that ended by itself, as at the deadline of an exchange, is not closed yet,
     * because the client library closes only what is open.
     */
    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isInputShutdown() {
        return closed;
    }

    @Override
    public boolean isOutputShutdown() {
        return closed;
    }

    /** Has a time limit too, because TLS sends a close message to a server that may not read. */
    @Override
    public void close() throws IOException {
        closed = true;
        exchange.startTime();
        try {
            socket.close();
        } finally {
            exchange.close();
        }
    }
}
