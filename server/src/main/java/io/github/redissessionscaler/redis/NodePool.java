package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.telemetry.ConnectionStats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;

/** The connections to one database of a node. Connects at first use. Thread-safe. */
final class NodePool extends ConnectionPool {

    /** Reads in flight are shared, so few are ever needed at a time. */
    private static final int MOST_CONNECTIONS = 8;

    private static final Duration IDLE_CLOSED_AFTER = Duration.ofMinutes(2);

    /** A connection that is always in use would stay with a server that the name no longer leads to. */
    static final Duration RENEWED_AFTER = Duration.ofMinutes(5);

    private final Factory factory;
    private final LongSupplier nanoTime;

    /** When connecting anew was last tried. */
    private final AtomicLong renewedAt;

    /**
     * No connection is open yet.
     *
     * @param connect opens a connection
     * @param longestWait for a connection while all are in use
     * @param stats counts the connections
     * @param nanoTime the clock of the connections
     */
    NodePool(Supplier<NodeConnection> connect, Duration longestWait, ConnectionStats stats, LongSupplier nanoTime) {
        this(new Factory(connect, stats, nanoTime.getAsLong()), longestWait, nanoTime);
    }

    private NodePool(Factory factory, Duration longestWait, LongSupplier nanoTime) {
        super(factory, limits(longestWait));
        this.factory = factory;
        this.nanoTime = nanoTime;
        renewedAt = new AtomicLong(factory.currentSince);
    }

    private static GenericObjectPoolConfig<Connection> limits(Duration longestWait) {
        var limits = new GenericObjectPoolConfig<Connection>();
        limits.setMaxTotal(MOST_CONNECTIONS);
        limits.setMaxIdle(MOST_CONNECTIONS);
        limits.setMaxWait(longestWait);
        limits.setMinEvictableIdleDuration(IDLE_CLOSED_AFTER);
        limits.setTimeBetweenEvictionRuns(IDLE_CLOSED_AFTER);
        limits.setTestOnBorrow(true);
        limits.setJmxEnabled(false);
        return limits;
    }

    /**
     * Called by the library for each broken connection, on the thread that returns it, to replace it at once. A server that does
     * not answer would cost each read its timeout a second time, so it is replaced only while other readers wait.
     */
    @Override
    public void addObject() throws Exception {
        if (getNumWaiters() > 0) {
            super.addObject();
        }
    }

    boolean isOld(Connection connection) {
        return connection instanceof NodeConnection own
                && nanoTime.getAsLong() - own.openedAt() > RENEWED_AFTER.toNanos();
    }

    /**
     * If the connection is old, connects anew in the background. If that succeeds, no earlier connection is used again. If it
     * fails, they stay in use, so no read fails because of it.
     */
    void renewIfOld(Connection connection) {
        long last = renewedAt.get();
        long now = nanoTime.getAsLong();
        if (isOld(connection) && now - last > RENEWED_AFTER.toNanos() && renewedAt.compareAndSet(last, now)) {
            Thread.ofVirtual().name("renewal").start(() -> renew(now));
        }
    }

    private void renew(long now) {
        try (Connection _ = factory.create()) {
            factory.currentSince = now;
        } catch (RuntimeException e) {
            // the next renewal may succeed
        }
    }

    /** Opens and closes the connections. */
    private static final class Factory extends BasePooledObjectFactory<Connection> {

        private final Supplier<NodeConnection> connect;
        private final ConnectionStats stats;

        /** Connections that were opened earlier are closed instead of being used again. */
        private volatile long currentSince;

        Factory(Supplier<NodeConnection> connect, ConnectionStats stats, long currentSince) {
            this.connect = connect;
            this.stats = stats;
            this.currentSince = currentSince;
        }

        @Override
        public Connection create() {
            Connection made = connect.get();
            stats.connected();
            return made;
        }

        @Override
        public PooledObject<Connection> wrap(Connection connection) {
            return new DefaultPooledObject<>(connection);
        }

        @Override
        public boolean validateObject(PooledObject<Connection> pooled) {
            return pooled.getObject() instanceof NodeConnection own && own.openedAt() - currentSince >= 0;
        }

        @Override
        public void destroyObject(PooledObject<Connection> pooled) {
            NodeConnection.closeQuietly(pooled.getObject());
        }
    }
}
