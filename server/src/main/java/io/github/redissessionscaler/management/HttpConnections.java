package io.github.redissessionscaler.management;

import io.github.redissessionscaler.telemetry.HeapPressure;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of the management port. When the limit is reached, the connection that has waited longest for a
 * request is closed, else the one whose client has been reading longest. Thread-safe.
 */
final class HttpConnections {

    /** Limit on open connections. */
    static final int MOST = 64;

    /** Limit on open connections while the heap is nearly full. */
    static final int MOST_IN_SHORT_MEMORY = 16;

    /** Limit on responses in production, including those whose client has disconnected. */
    static final int MOST_ANSWERS = 256;

    /** Limit on unsent compressed responses, in bytes; above it, the slowest readers are disconnected. */
    static final long MOST_UNSENT = 2 << 20;

    private static final Comparator<HttpConnection> LEAST_USEFUL =
            Comparator.comparing(HttpConnection::isAnswering).thenComparingLong(HttpConnection::since);

    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<HttpConnection, Body> unsent = new HashMap<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Telemetry telemetry;

    HttpConnections(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Registers a channel that was just accepted. */
    void admit(HttpConnection connection, Channel channel) {
        int most = isMemoryShort() ? MOST_IN_SHORT_MEMORY : MOST;
        for (int i = connections.size(); i >= most; i--) {
            connections.stream().min(LEAST_USEFUL).ifPresent(this::leave);
        }
        connections.add(connection);
        var _ = channel.closeFuture().addListener(_ -> connections.remove(connection));
    }

    /** Whether another response may be produced; if so, {@link #made} must be called afterwards. */
    boolean mayMake() {
        if (answers.incrementAndGet() > MOST_ANSWERS) {
            answers.decrementAndGet();
            telemetry.refused("management");
            return false;
        }
        return true;
    }

    void made() {
        answers.decrementAndGet();
    }

    private boolean isMemoryShort() {
        return telemetry.heap().level() != HeapPressure.Level.NORMAL;
    }

    /** Records a response that waits for its client. Above the limit, disconnects the clients that have waited longest. */
    synchronized void addUnsent(HttpConnection connection, Body answer) {
        unsent.put(connection, answer);
        long most = isMemoryShort() ? MOST_UNSENT / 4 : MOST_UNSENT;
        List<HttpConnection> slowest = new ArrayList<>(unsent.keySet());
        slowest.remove(connection);
        slowest.sort(Comparator.comparingLong(HttpConnection::since));
        for (HttpConnection slow : slowest) {
            if (bytesUnsent() <= most) {
                return;
            }
            unsent.remove(slow);
            leave(slow);
        }
    }

    /** A response that several clients wait for counts once. */
    private long bytesUnsent() {
        Set<Body> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(unsent.values());
        return distinct.stream().mapToLong(Body::size).sum();
    }

    /** The response was sent, or its client has disconnected. */
    synchronized void removeUnsent(HttpConnection connection) {
        unsent.remove(connection);
    }

    private void leave(HttpConnection connection) {
        telemetry.refused("management");
        connections.remove(connection);
        connection.leave();
    }
}
