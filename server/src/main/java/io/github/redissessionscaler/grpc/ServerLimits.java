package io.github.redissessionscaler.grpc;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;

/** What one server keeps for its clients at a time, at most. docs/security.md says what each is for. */
final class ServerLimits {

    /** Open connections. */
    static final int CONNECTIONS = 128;

    /**
     * Calls under way: of those that wait for their message, and again of those that have it. Streams are not among them. A
     * connection with fewer than {@link #FAIR_CALLS} is served all the same.
     */
    static final int CALLS = 4_000;

    /** Calls under way that every connection may have, whatever others have. */
    static final int FAIR_CALLS = 16;

    /** So many may wait for their message while no streams are open: clients begin many streams before the first message. */
    static final int BEGUN_INSTEAD_OF_STREAMS = 12_000;

    /** Bytes of messages that are not whole, of one connection. */
    static final int BYTES_OF_PARTS = 256 * 1024;

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
