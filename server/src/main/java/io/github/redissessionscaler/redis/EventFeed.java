package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.counting.KeyspaceEvents.Feed;
import io.github.redissessionscaler.counting.KeyspaceEvents.Listener;
import io.github.redissessionscaler.counting.KeyspaceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keyspace events of all primaries of one database: one connection and one virtual thread for each. */
final class EventFeed implements Feed {

    /** How soon a primary that was added, or took over, is listened to. */
    private static final Duration PRIMARIES_LOOKED_UP_EVERY = Duration.ofSeconds(2);

    private final Servers servers;
    private final int database;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);

    private EventFeed(Servers servers, int database, Listener listener) {
        this.servers = servers;
        this.database = database;
        this.listener = listener;
    }

    static EventFeed start(Servers servers, int database, Listener listener) {
        var feed = new EventFeed(servers, database, listener);
        Thread.ofVirtual().name("events-" + database).start(feed::follow);
        return feed;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void follow() {
        Map<Server, EventConnection> connections = new HashMap<>();
        do {
            List<Server> primaries = primaries(connections);
            connections.entrySet().removeIf(entry -> {
                boolean gone = !primaries.contains(entry.getKey());
                if (gone) {
                    entry.getValue().close();
                }
                return gone;
            });
            primaries.forEach(primary ->
                    connections.computeIfAbsent(primary, server -> EventConnection.start(server, database, listener)));
        } while (!isClosedWithin(PRIMARIES_LOOKED_UP_EVERY));
        connections.values().forEach(EventConnection::close);
    }

    /** The primaries now; while nobody tells, those that are listened to already. */
    private List<Server> primaries(Map<Server, EventConnection> connections) {
        try {
            return servers.primaries();
        } catch (KeyspaceException e) {
            return List.copyOf(connections.keySet());
        }
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
