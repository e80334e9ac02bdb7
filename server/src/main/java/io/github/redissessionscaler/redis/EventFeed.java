package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceEvents.Feed;
import io.github.redissessionscaler.keyspace.KeyspaceEvents.Listener;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.redis.RedisKeyspace.Backend;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Receives the keyspace events of all primaries of a database, with a connection and a virtual thread for each. */
final class EventFeed implements Feed {

    /** Interval for finding new primaries. */
    private static final Duration PRIMARIES_LOOKED_UP_EVERY = Duration.ofSeconds(2);

    /** A primary, and the index of the database there. */
    private record NodeDatabase(RedisNode server, int database) {}

    private final Supplier<Backend> backend;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);

    private EventFeed(Supplier<Backend> backend, Listener listener) {
        this.backend = backend;
        this.listener = listener;
    }

    static EventFeed start(Supplier<Backend> backend, Listener listener) {
        var feed = new EventFeed(backend, listener);
        Thread.ofVirtual().name("events").start(feed::follow);
        return feed;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void follow() {
        Map<NodeDatabase, EventSubscription> connections = new HashMap<>();
        do {
            try {
                listenToPrimaries(connections);
            } catch (Throwable e) {
                InternalErrors.report("keyspace events", e);
            }
        } while (!isClosedWithin(PRIMARIES_LOOKED_UP_EVERY));
        connections.values().forEach(EventSubscription::close);
    }

    private void listenToPrimaries(Map<NodeDatabase, EventSubscription> connections) {
        List<NodeDatabase> places = places(connections);
        connections.entrySet().removeIf(entry -> {
            boolean gone = !places.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        places.forEach(place -> connections.computeIfAbsent(
                place, _ -> EventSubscription.start(place.server(), place.database(), listener)));
    }

    /** The current primaries; if the lookup fails, the subscribed ones. */
    private List<NodeDatabase> places(Map<NodeDatabase, EventSubscription> connections) {
        Backend now = backend.get();
        try {
            return now.servers().primaries().stream()
                    .map(server -> new NodeDatabase(server, now.database()))
                    .toList();
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
