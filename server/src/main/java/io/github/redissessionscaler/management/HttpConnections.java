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
 * The open connections of the management port. When there is no room for another, the one is closed that has waited longest for
 * a request, or else for its client to read. Thread-safe.
 */
final class HttpConnections {

    /** Open connections. */
    static final int MOST = 64;

    /** The same while the heap is nearly full. */
    static final int MOST_IN_SHORT_MEMORY = 16;

    /** Answers that are made at a time, those for clients that have gone meanwhile included. */
    static final int MOST_ANSWERS = 256;

    /** Bytes of compressed answers that are not sent yet; whoever reads slowest is left when there are more. */
    static final long MOST_UNSENT = 4 << 20;

    private static final Comparator<HttpConnection> LEAST_USEFUL =
            Comparator.comparing(HttpConnection::isAnswering).thenComparingLong(HttpConnection::since);

    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<HttpConnection, Body> unsent = new HashMap<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Telemetry telemetry;

    HttpConnections(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Takes a channel that was just accepted. */
    void admit(HttpConnection connection, Channel channel) {
        int most = isMemoryShort() ? MOST_IN_SHORT_MEMORY : MOST;
        for (int i = connections.size(); i >= most; i--) {
            connections.stream().min(LEAST_USEFUL).ifPresent(this::leave);
        }
        connections.add(connection);
        var _ = channel.closeFuture().addListener(_ -> connections.remove(connection));
    }

    /** Whether one answer more may be made; {@link #made} must follow if so. */
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

    /** The answer waits for the connection's client; those that have waited longest give way if there are too many. */
    synchronized void owes(HttpConnection connection, Body answer) {
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

    /** What several wait for is kept once. */
    private long bytesUnsent() {
        Set<Body> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(unsent.values());
        return distinct.stream().mapToLong(Body::size).sum();
    }

    /** They were sent, or their client has gone. */
    synchronized void owesNoMore(HttpConnection connection) {
        unsent.remove(connection);
    }

    private void leave(HttpConnection connection) {
        telemetry.refused("management");
        connections.remove(connection);
        connection.leave();
    }
}
