package io.github.redissessionscaler.grpc;

import static java.util.Comparator.comparingInt;
import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.groupingBy;

import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.telemetry.HeapPressure;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of the server, and the sums of their calls. When the limit is reached, the connection that has been
 * idle longest is closed; if none is idle, the new one is refused. Thread-safe.
 */
final class Connections extends ServerTransportFilter implements BoundedServerChannel.Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    static final Attributes.Key<Connection> CONNECTION = Attributes.Key.create("connection");

    /** Closed first: connections that never made a call, then the ones idle longest. */
    private static final Comparator<Connection> LEAST_USEFUL =
            Comparator.comparing(Connection::wasUsed).thenComparingLong(Connection::lastUsed);

    /** Throws if the certificate of a client is not trusted now. */
    interface Trust {
        void check(Attributes transport) throws Exception;
    }

    final AtomicInteger callsUnderWay = new AtomicInteger();
    final AtomicInteger evaluations = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger kept = new AtomicInteger();
    final AtomicLong bytesOfParts = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();
    final Duration sweptAfter;

    private final ConcurrentMap<SocketAddress, Connection> connections = new ConcurrentHashMap<>();
    private final Telemetry telemetry;
    private final Trust trust;
    private volatile long lastWarning = System.nanoTime() - Duration.ofHours(1).toNanos();

    /**
     * No connection is open yet.
     *
     * @param answerTimeout time limit of a call
     */
    Connections(Duration answerTimeout, Telemetry telemetry, Trust trust) {
        this.sweptAfter = answerTimeout.plus(ServerLimits.SWEPT_AFTER);
        this.telemetry = telemetry;
        this.trust = trust;
        telemetry.gauge(Metric.GRPC_CONNECTIONS, () -> staying().count());
        telemetry.gauge(Metric.GRPC_CALLS, () -> Math.max(callsUnderWay.get(), evaluations.get()));
        telemetry.heap().whenCritical(this::relieve);
        telemetry.heap().count(this::estimatedBytes);
    }

    /** Estimated memory of calls and streams, with the triggers of the streams. */
    private long estimatedBytes() {
        return calls() * ServerLimits.BYTES_OF_A_CALL
                + (long) kept.get() * ServerLimits.BYTES_OF_A_STREAM
                + bytesOfParts.get()
                + bytes.get();
    }

    private long calls() {
        return (long) waiting.get() + Math.max(callsUnderWay.get(), evaluations.get());
    }

    /** Whether calls, streams and messages use all memory that is for them. */
    boolean isMemoryUsed() {
        return (calls() + kept.get()) * ServerLimits.BYTES_OF_A_CALL + bytesOfParts.get() + bytes.get()
                > ServerLimits.MEMORY;
    }

    /** Calls that every connection may have now, regardless of the others. */
    int fairCalls() {
        return Math.max(ServerLimits.LEAST_CALLS, ServerLimits.FAIR_CALLS / Math.max(1, connections.size()));
    }

    HeapPressure.Level pressure() {
        return telemetry.heap().level();
    }

    /**
     * Whether to open no connection for now: closing connections still hold memory, and handshakes use much CPU. If handshakes
     * take too long, closes some of the address that has most: those whose clients let the scaler wait, or else the longest.
     */
    @Override
    public boolean isFull() {
        if (connections.size() >= ServerLimits.CONNECTIONS + ServerLimits.CLOSING) {
            return true;
        }
        List<Connection> handshakes =
                connections.values().stream().filter(not(Connection::isReady)).toList();
        if (handshakes.size() < ServerLimits.HANDSHAKES) {
            return false;
        }
        List<Connection> most = handshakes.stream().collect(groupingBy(Connections::address)).values().stream()
                .max(comparingInt(List::size))
                .orElseThrow();
        List<Connection> waiting = most.stream().filter(Connections::letsWait).toList();
        if (waiting.isEmpty()) {
            most.stream()
                    .filter(connection ->
                            connection.mayBeClosed() && isOlder(connection.lastUsed(), ServerLimits.FAIR_HANDSHAKE))
                    .min(LEAST_USEFUL)
                    .ifPresent(this::closeHandshake);
        } else {
            waiting.forEach(this::closeUnlessHeard);
        }
        return true;
    }

    /** The client's address without its port. */
    private static Object address(Connection connection) {
        SocketAddress client = connection.channel().remoteAddress();
        return client instanceof InetSocketAddress inet ? inet.getAddress() : client;
    }

    private static boolean letsWait(Connection handshake) {
        return handshake.mayBeClosed() && isOlder(handshake.lastHeard(), ServerLimits.FAIR_TURN);
    }

    private static boolean isOlder(long nanoTime, Duration age) {
        return System.nanoTime() - nanoTime > age.toNanos();
    }

    /** A moment later and on the connection's own thread, which first reads what its client has sent. */
    private void closeUnlessHeard(Connection connection) {
        long heard = connection.lastHeard();
        Runnable close = () -> {
            if (connection.lastHeard() == heard && !connection.isReady() && !connection.isLeaving()) {
                closeHandshake(connection);
            }
        };
        var _ = connection.channel().eventLoop().schedule(close, 1, TimeUnit.MILLISECONDS);
    }

    private void closeHandshake(Connection connection) {
        connection.close();
        refused("handshakes", "more than " + ServerLimits.HANDSHAKES + " handshakes are in progress");
    }

    /** Registers a channel that is about to be opened. Returns false if it is refused. */
    @Override
    public boolean admit(Channel channel) {
        SocketAddress client = channel.remoteAddress();
        if (client == null) {
            return false;
        }
        if (pressure() != HeapPressure.Level.NORMAL) {
            refused("memory", "connection refused: the scaler is low on memory");
            return false;
        }
        if (staying().count() >= ServerLimits.CONNECTIONS && !makeRoom()) {
            refused("connections", "connection refused: all " + ServerLimits.CONNECTIONS + " connections have calls");
            return false;
        }
        var connection = new Connection(channel, this);
        connections.put(client, connection);
        var _ = channel.closeFuture().addListener(_ -> connections.remove(client, connection));
        return true;
    }

    private boolean makeRoom() {
        Optional<Connection> idle = staying()
                .filter(Connection::isIdle)
                .filter(Connection::mayBeClosed)
                .min(LEAST_USEFUL);
        idle.ifPresent(connection -> {
            connection.close();
            refused("connections", "idle connection closed: " + ServerLimits.CONNECTIONS + " are open");
        });
        return idle.isPresent();
    }

    private Stream<Connection> staying() {
        return connections.values().stream().filter(not(Connection::isLeaving));
    }

    /** The heap is full: closes the connection that holds most, else those in the handshake. */
    private void relieve() {
        Optional<Connection> most = staying()
                .filter(connection -> connection.held() >= ServerLimits.WORTH_CLOSING)
                .max(Comparator.comparingLong(Connection::held));
        if (most.isPresent()) {
            refused("memory", "calls cancelled on the connection that has most: out of memory");
            most.get().giveUp();
        } else {
            staying()
                    .filter(not(Connection::isReady))
                    .filter(Connection::mayBeClosed)
                    .forEach(Connection::close);
        }
    }

    /** Counts a refusal, and logs it at most once a minute. */
    @Override
    public void refused(String limit, String words) {
        telemetry.refused(limit);
        long now = System.nanoTime();
        if (now - lastWarning > Duration.ofMinutes(1).toNanos()) {
            lastWarning = now;
            LOG.warn("Limit of port 6000 reached (docs/security.md): {}", words);
        }
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        SocketAddress client = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        Connection connection = client == null ? null : connections.get(client);
        if (connection == null || connection.isLeaving()) {
            throw new LimitReachedException("the connection was closed to make room for another");
        }
        Http2ConnectionHandler http2 = connection.channel().pipeline().get(Http2ConnectionHandler.class);
        connection.http2Started(http2);
        try {
            trust.check(transport);
        } catch (Exception e) {
            connection.distrust();
        }
        return transport.toBuilder().set(CONNECTION, connection).build();
    }
}
