package io.github.redissessionscaler.redis;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Connects, and guards the connections.
 *
 * @param plain connects, within its own limit of time
 * @param time for each exchange
 */
record GuardedSockets(JedisSocketFactory plain, Duration time) implements JedisSocketFactory {

    @Override
    public Socket createSocket() {
        Socket socket = plain.createSocket();
        return guarded(socket, socket, time);
    }

    /**
     * Guards a connected socket, and closes it if it cannot.
     *
     * @param connection the socket of the system
     * @param socket the same, or TLS on it
     */
    static Socket guarded(Socket connection, Socket socket, Duration time) {
        try {
            return new GuardedSocket(connection, socket, time);
        } catch (IOException e) {
            close(connection, e);
            throw new JedisConnectionException("the connection broke as soon as it was there", e);
        }
    }

    static void close(Socket socket, Exception reason) {
        try {
            socket.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
