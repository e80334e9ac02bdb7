package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.counting.KeyspaceException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.RedisProtocol;

/** One redis-server and a few connections to one of its databases. Thread-safe; connects when first used. */
final class Server implements AutoCloseable {

    /** Reads in flight are shared, so few are ever needed at a time. */
    private static final int MOST_CONNECTIONS = 8;

    private static final Duration IDLE_CLOSED_AFTER = Duration.ofMinutes(2);

    /** Builds commands and keeps nothing. */
    static final CommandObjects COMMANDS = new CommandObjects(RedisProtocol.RESP2);

    private final String name;
    private final JedisSocketFactory sockets;
    private final JedisClientConfig config;
    private final ConnectionPool pool;

    /**
     * Not connected yet.
     *
     * @param name for messages: host and port, or the path of a socket
     * @param check throws when a new connection is not fit to read from
     */
    Server(String name, JedisSocketFactory sockets, JedisClientConfig config, Consumer<Connection> check) {
        this.name = name;
        this.sockets = sockets;
        this.config = config;
        var limits = new GenericObjectPoolConfig<Connection>();
        limits.setMaxTotal(MOST_CONNECTIONS);
        limits.setMaxIdle(MOST_CONNECTIONS);
        limits.setMaxWait(Duration.ofMillis(config.getSocketTimeoutMillis()));
        limits.setMinEvictableIdleDuration(IDLE_CLOSED_AFTER);
        limits.setTimeBetweenEvictionRuns(IDLE_CLOSED_AFTER);
        limits.setJmxEnabled(false);
        pool = new ConnectionPool(new Connections(sockets, config, check), limits);
    }

    String name() {
        return name;
    }

    <T> T execute(CommandObject<T> command) {
        return call(connection -> connection.executeCommand(command));
    }

    /**
     * What the work returns. A connection that turns out to be dead, since its server was restarted, is replaced once.
     *
     * @throws KeyspaceException if Redis did not do it
     */
    <T> T call(Function<Connection, T> work) {
        try {
            return attempt(work);
        } catch (RuntimeException first) {
            if (!Failures.isStale(first)) {
                throw Failures.explain(name, first);
            }
        }
        try {
            pool.clear();
            return attempt(work);
        } catch (RuntimeException second) {
            throw Failures.explain(name, second);
        }
    }

    /** A connection outside the pool, which belongs to the caller. It is made here, and throws what the client throws. */
    Connection open() {
        return new Connection(sockets, config);
    }

    private <T> T attempt(Function<Connection, T> work) {
        try (Connection connection = pool.getResource()) {
            return work.apply(connection);
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Makes the pool's connections, each checked once. */
    private static final class Connections extends ConnectionFactory {

        private final Consumer<Connection> check;

        Connections(JedisSocketFactory sockets, JedisClientConfig config, Consumer<Connection> check) {
            super(sockets, config);
            this.check = check;
        }

        @Override
        public PooledObject<Connection> makeObject() throws Exception {
            PooledObject<Connection> made = super.makeObject();
            try {
                check.accept(made.getObject());
            } catch (RuntimeException e) {
                destroyObject(made);
                throw e;
            }
            return made;
        }
    }
}
