package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.identity.Login;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

/** A connection that knows its age, and its login if that was a token. For one thread at a time. */
final class NodeConnection extends Connection {

    /** No message has begun. The library keeps using a connection only after exceptions of this kind. */
    private static final class Silence extends JedisDataException {

        private static final long serialVersionUID = 1;

        Silence(JedisConnectionException cause) {
            super("no message", cause);
        }
    }

    private final long openedAt;
    private Optional<Login> login;
    private boolean awaitsMessage;

    /**
     * Connects.
     *
     * @param login the token of the configuration, if it has one
     * @param openedAt now, by the clock of the node
     */
    NodeConnection(JedisSocketFactory address, JedisClientConfig config, Optional<Login> login, long openedAt) {
        super(address, config);
        this.login = login;
        this.openedAt = openedAt;
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (RuntimeException e) {
            // it was already broken
        }
    }

    /** By the clock of the node. */
    long openedAt() {
        return openedAt;
    }

    Optional<Login> login() {
        return login;
    }

    /** The connection has authenticated again. */
    void use(Login newer) {
        login = Optional.of(newer);
    }

    /**
     * Waits for the next message of a subscription, or a reply. If none begins within the socket's timeout, the connection can
     * still be used.
     *
     * @param received gets the message, null for a nil
     * @param silence called if none has begun
     */
    void awaitMessage(Consumer<@Nullable Object> received, Runnable silence) {
        Object message;
        awaitsMessage = true;
        try {
            message = getOne();
        } catch (Silence _) {
            silence.run();
            return;
        } finally {
            awaitsMessage = false;
        }
        received.accept(message);
    }

    @Override
    protected Object protocolRead(RedisInputStream replies, PushConsumerChain consumers) {
        if (awaitsMessage) {
            awaitFirstByte(replies);
        }
        return super.protocolRead(replies, consumers);
    }

    private static void awaitFirstByte(RedisInputStream replies) {
        try {
            var _ = replies.peek((byte) 0);
        } catch (JedisConnectionException e) {
            throw e.getCause() instanceof SocketTimeoutException ? new Silence(e) : e;
        }
    }
}
