package io.github.redissessionscaler.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Nodes by address, each created at first use. Thread-safe. */
final class ServerMap<K> implements AutoCloseable {

    private final Function<K, RedisNode> factory;
    private final Map<K, RedisNode> servers = new HashMap<>();
    private boolean closed;

    ServerMap(Function<K, RedisNode> factory) {
        this.factory = factory;
    }

    /** The node at the address. After {@link #close} it is a closed one. */
    synchronized RedisNode get(K where) {
        RedisNode server = servers.computeIfAbsent(where, factory);
        if (closed) {
            server.close();
        }
        return server;
    }

    /** Closes all others. */
    synchronized void keepOnly(Predicate<K> place) {
        servers.entrySet().removeIf(entry -> {
            boolean gone = !place.test(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        keepOnly(_ -> false);
    }
}
