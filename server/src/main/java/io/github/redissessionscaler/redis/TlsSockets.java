package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** TLS over plain sockets. The certificates are read from their files for each new connection. */
record TlsSockets(JedisSocketFactory plain, Node node, RedisTls tls) implements JedisSocketFactory {

    @Override
    public Socket createSocket() {
        Socket socket = plain.createSocket();
        try {
            var secured = (SSLSocket)
                    TlsContexts.read(tls).getSocketFactory().createSocket(socket, node.host(), node.port(), true);
            secured.setSSLParameters(TlsContexts.parameters(tls, node.host()));
            secured.startHandshake();
            return secured;
        } catch (IOException e) {
            close(socket, e);
            throw new JedisConnectionException("TLS with " + node, e);
        } catch (IllegalArgumentException e) {
            close(socket, e);
            throw new JedisConnectionException(
                    "TLS with " + node, new SSLException("its name cannot be in a certificate: " + e.getMessage(), e));
        } catch (RuntimeException e) {
            close(socket, e);
            throw e;
        }
    }

    private static void close(Socket socket, Exception reason) {
        try {
            socket.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
