package io.github.redissessionscaler.grpc;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;

/** What one server keeps for its clients at a time, at most. docs/security.md says what each is for. */
final class ServerLimits {

    /** Open connections. */
    static final int CONNECTIONS = 128;

    /** Of these, connections on which TLS is not agreed on. */
    static final int HANDSHAKES = 32;

    /** How long such a connection is left alone, before it gives way to another. */
    static final Duration FAIR_HANDSHAKE = Duration.ofMillis(200);

    /** How long clients wait in the queue of the system at a time while no connection is accepted. */
    static final Duration ACCEPT_AGAIN = Duration.ofMillis(20);

    /** Connections that have been given up and are not closed yet, before no other one is accepted. */
    static final int CLOSING = 32;

    /**
     * Calls under way: of those that wait for their message, and again of those that have it. Streams are not among them. A
     * connection with fewer than {@link #FAIR_CALLS} is served all the same.
     */
    static final int CALLS = 4_000;

    /** Calls under way that every connection may have, whatever others have. */
    static final int FAIR_CALLS = 16;

    /** Calls that wait for their message, together with open streams: clients begin many streams before the first message. */
    static final int WAITING_AND_STREAMS = 12_500;

    /** Calls that wait for their message, however many streams are open. */
    static final int WAITING = 500;

    /** Calls under way and open streams together. */
    static final int CALLS_AND_STREAMS = 14_500;

    /** Bytes of messages that are not whole, of one connection. */
    static final int BYTES_OF_PARTS = 256 * 1024;

    /** Bytes of messages that are not whole, and again of those that are and whose calls are under way, of all connections. */
    static final int BYTES = 4 * 1024 * 1024;

    /** Bytes of messages of either kind that every connection may have, whatever others have. */
    static final int FAIR_BYTES = 16 * 1024;

    /** About what a call takes besides its message, in bytes. */
    static final int BYTES_OF_A_CALL = 2800;

    /** Connections that hold less, in bytes, are not closed when the heap is full. */
    static final int WORTH_CLOSING = 64 * 1024;

    /** Of the authority that a call names, which is kept as long as the call: the longest name of a host, and its port. */
    static final int LONGEST_AUTHORITY = 262;

    /** Calls under way of one connection, from which on it is read more slowly. */
    static final int CALLS_BEFORE_SLOWER = 500;

    /** Watches of the health service of one connection. */
    static final int WATCHES = 4;

    /** What one connection may do, between two sweeps, that only a defect or an attack does. */
    static final int STRIKES = 400;

    /** How often a connection that has too many calls under way is read. */
    static final Duration SLOWER = Duration.ofMillis(20);

    /** What a call may take longer than the time of its answer, before it is broken off. */
    static final Duration SWEPT_AFTER = Duration.ofSeconds(3);

    /** Until TLS is agreed on, and the client has said what HTTP/2 begins with. */
    static final Duration HANDSHAKE = Duration.ofSeconds(5);

    /** Little of one connection at a time, so that those that send without end do not keep others waiting. */
    static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(64, 2048, 16 * 1024).maxMessagesPerRead(1);

    private ServerLimits() {}
}
