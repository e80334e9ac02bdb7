package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceEvents.Listener;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/** Receives the keyspace events of one primary over a dedicated connection, and reconnects. */
final class EventSubscription implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** After this time without events the server is pinged. A ping without a reply is a lost connection. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** Type of the messages of a pattern subscription. */
    private static final String EVENT = "pmessage";

    private final RedisNode server;
    private final String channels;
    private final Listener listener;
    private final Duration silence;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Connection open;
    private boolean unusableLogged;

    private EventSubscription(RedisNode server, int database, Listener listener, Duration silence) {
        this.server = server;
        this.channels = "__keyevent@" + database + "__:*";
        this.listener = listener;
        this.silence = silence;
    }

    static EventSubscription start(RedisNode server, int database, Listener listener) {
        return start(server, database, listener, SILENCE);
    }

    /** @param silence after this time without events the server is pinged */
    static EventSubscription start(RedisNode server, int database, Listener listener, Duration silence) {
        var connection = new EventSubscription(server, database, listener, silence);
        Thread.ofVirtual().name("events-" + server.name()).start(connection::listen);
        return connection;
    }

    @Override
    public void close() {
        closed.countDown();
        Connection connection = open;
        if (connection != null) {
            connection.disconnect();
        }
    }

    private void listen() {
        Duration next = FIRST_RETRY;
        Duration pause;
        do {
            boolean subscribed = false;
            boolean renewing = false;
            long start = System.nanoTime();
            try (NodeConnection connection = server.open()) {
                open = connection;
                send(connection, Protocol.Command.PSUBSCRIBE, channels);
                connection.getOne();
                subscribed = true;
                listener.interrupted();
                receive(connection);
                renewing = true;
            } catch (JedisException | KeyspaceException e) {
                LOG.debug("No keyspace events from {}: {}", server.name(), e.getMessage());
                RedisErrors.malformedReply(e).ifPresent(this::reportUnusable);
            } catch (Throwable e) {
                InternalErrors.report("keyspace events", e);
            }
            open = null;
            if (isClosed()) {
                return;
            }
            if (renewing) {
                reportInterruption();
            } else if (subscribed) {
                server.stats().lost();
                reportInterruption();
            }
            // A server that accepts each subscription and ends it immediately does not get ten of them a second.
            boolean lasted = subscribed && System.nanoTime() - start > LAST_RETRY.toNanos();
            pause = renewing || lasted ? FIRST_RETRY : next;
            next = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
        } while (!isClosedWithin(pause));
    }

    /** Exceptions of the listener do not end the subscription. */
    private void reportInterruption() {
        try {
            listener.interrupted();
        } catch (Throwable e) {
            InternalErrors.report("keyspace events", e);
        }
    }

    /**
     * Passes on events until the connection is closed, or another one should take its place: it is old, or a newer token is
     * due, with which a subscribed connection cannot authenticate. Throws if it breaks.
     */
    private void receive(NodeConnection connection) {
        connection.setSoTimeout(Math.toIntExact(silence.toMillis()));
        while (!isClosed() && !server.shouldReplace(connection)) {
            connection.awaitMessage(this::received, () -> send(connection, Protocol.Command.PING));
        }
    }

    private void send(Connection connection, Protocol.Command command, String... arguments) {
        connection.sendCommand(command, arguments);
        server.stats().sent(command.name(), 1);
    }

    private void received(@Nullable Object message) {
        if (isEvent(message)) {
            listener.event();
        } else if (!isOther(message)) {
            reportUnusable("a message without a kind");
            listener.interrupted();
        }
    }

    private static boolean isEvent(@Nullable Object message) {
        return message instanceof List<?> parts
                && !parts.isEmpty()
                && parts.getFirst() instanceof byte[] kind
                && kind.length == EVENT.length();
    }

    /** Whether it is another message of Redis: the reply to PING, or one of another kind. */
    private static boolean isOther(@Nullable Object message) {
        return message instanceof byte[]
                || (message instanceof List<?> parts && !parts.isEmpty() && parts.getFirst() instanceof byte[]);
    }

    /** Counts each malformed message, and logs the first. */
    private void reportUnusable(String what) {
        String sentence = "Redis at " + server.name() + " sent a malformed keyspace event: " + what;
        server.stats().unusable(Reason.OTHER.name(), sentence);
        if (!unusableLogged) {
            unusableLogged = true;
            LOG.warn("{}; streams are refreshed by polling meanwhile. Further ones are only counted", sentence);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
