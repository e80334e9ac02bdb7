package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Guarded TLS sockets. The certificates are read from their files for each new connection. A handshake has a shorter
 * timeout than a reply, so that its failure is known before the caller gives up.
 *
 * @param time limit of each exchange; three quarters of it for the handshake
 */
record TlsSockets(JedisSocketFactory plain, Node node, RedisTls tls, Duration time) implements JedisSocketFactory {

    @Override
    public Socket createSocket() {
        Socket socket = plain.createSocket();
        var handshake = new Exchange(socket, time.multipliedBy(3).dividedBy(4));
        try {
            var secured = (SSLSocket)
                    TlsContexts.read(tls).getSocketFactory().createSocket(socket, node.host(), node.port(), true);
            secured.setSSLParameters(TlsContexts.parameters(tls, node.host()));
            handshake.startTime();
            handshake.timed(() -> {
                secured.startHandshake();
                return 0;
            });
            return GuardedSockets.guarded(socket, secured, time);
        } catch (IOException e) {
            GuardedSockets.close(socket, e);
            throw new JedisConnectionException("TLS with " + node, TlsWords.inHandshake(e));
        } catch (IllegalArgumentException e) {
            GuardedSockets.close(socket, e);
            throw new JedisConnectionException(
                    "TLS with " + node, new SSLException("its name cannot be in a certificate: " + e.getMessage(), e));
        } catch (RuntimeException e) {
            GuardedSockets.close(socket, e);
            throw e;
        } finally {
            handshake.ended();
        }
    }
}
