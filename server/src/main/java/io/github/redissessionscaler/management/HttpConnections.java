package io.github.redissessionscaler.management;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of the management port. When there is no room for another, the one is closed that has waited longest for
 * a request, or else for its client to read. Thread-safe.
 */
final class HttpConnections {

    /** Open connections. */
    static final int MOST = 64;

    /** Bytes of compressed answers that are not sent yet; whoever reads slowest is left when there are more. */
    static final long MOST_UNSENT = 4 << 20;

    private static final Comparator<HttpConnection> LEAST_USEFUL =
            Comparator.comparing(HttpConnection::isAnswering).thenComparingLong(HttpConnection::since);

    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<HttpConnection, Long> unsent = new HashMap<>();
    private final Telemetry telemetry;

    HttpConnections(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Takes a channel that was just accepted. */
    void admit(HttpConnection connection, Channel channel) {
        if (connections.size() >= MOST) {
            connections.stream().min(LEAST_USEFUL).ifPresent(this::leave);
        }
        connections.add(connection);
        var _ = channel.closeFuture().addListener(_ -> connections.remove(connection));
    }

    /** So many bytes more wait for the connection's client; those that have waited longest give way if they are too many. */
    synchronized void owes(HttpConnection connection, long bytes) {
        unsent.put(connection, bytes);
        long excess = unsent.values().stream().mapToLong(one -> one).sum() - MOST_UNSENT;
        List<HttpConnection> slowest = new ArrayList<>(unsent.keySet());
        slowest.remove(connection);
        slowest.sort(Comparator.comparingLong(HttpConnection::since));
        for (HttpConnection slow : slowest) {
            if (excess <= 0) {
                return;
            }
            excess -= unsent.getOrDefault(slow, 0L);
            unsent.remove(slow);
            leave(slow);
        }
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
