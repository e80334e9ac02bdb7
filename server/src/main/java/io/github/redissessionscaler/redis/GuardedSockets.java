package io.github.redissessionscaler.redis;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Connects and wraps the sockets in {@link GuardedSocket}.
 *
 * @param plain connects, with its own timeout
 * @param time limit of each exchange
 */
record GuardedSockets(JedisSocketFactory plain, Duration time) implements JedisSocketFactory {

    @Override
    public Socket createSocket() {
        Socket socket = plain.createSocket();
        return guarded(socket, socket, time);
    }

    /**
     * Wraps a connected socket; closes it on failure.
     *
     * @param connection the TCP or Unix socket
     * @param socket the same, or TLS on it
     */
    static Socket guarded(Socket connection, Socket socket, Duration time) {
        try {
            return new GuardedSocket(connection, socket, time);
        } catch (IOException e) {
            close(connection, e);
            throw new JedisConnectionException("the connection was closed immediately", e);
        }
    }

    static void close(Socket socket, Throwable reason) {
        try {
            socket.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
