package io.github.redissessionscaler.grpc;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;

/** Limits of one server. docs/security.md lists those that users may reach. */
final class ServerLimits {

    /** Open connections. */
    static final int CONNECTIONS = 128;

    /** Of these, connections in the TLS handshake. */
    static final int HANDSHAKES = 32;

    /** Time before a connection in the handshake may be closed in favour of another. */
    static final Duration FAIR_HANDSHAKE = Duration.ofMillis(200);

    /** The same while the scaler waits for the client. */
    static final Duration FAIR_TURN = Duration.ofMillis(100);

    /** Connections that were accepted and are not open. */
    static final int NOT_OPENED = 256;

    /** Time for the first byte of a client before the connection may be closed in favour of another. */
    static final Duration FAIR_BEGINNING = Duration.ofMillis(20);

    /** Connections accepted before others are looked after. */
    static final int ACCEPTED_AT_ONCE = 64;

    /** Pause between two attempts to open or accept connections while there is no room. */
    static final Duration OPEN_AGAIN = Duration.ofMillis(5);

    /** Connections that are still closing; above that none is opened. */
    static final int CLOSING = 32;

    /** Calls in progress whose message has arrived, without streams. */
    static final int CALLS = 4_000;

    /** Calls in progress beyond the other limits, of which each connection has an equal share. */
    static final int FAIR_CALLS = 256;

    /** Calls in progress that every connection may have, regardless of the others. */
    static final int LEAST_CALLS = 4;

    /** Calls in progress that every connection may have while the heap is nearly full. */
    static final int FEW_CALLS = 16;

    /** Calls that wait for their message and open streams together: clients open many streams before the first message. */
    static final int WAITING_AND_STREAMS = 10_500;

    /** Calls that wait for their message, regardless of streams. */
    static final int WAITING = 500;

    /**
     * Estimated memory of calls in progress, open streams and their messages together, in bytes: enough for 10,000 streams and
     * 700 calls: as many as are in progress in an outage while these triggers are polled every 30 seconds.
     */
    static final int MEMORY = 49 * 512 * 1024;

    /** Bytes of incomplete messages of one connection. */
    static final int BYTES_OF_PARTS = 256 * 1024;

    /** Bytes of incomplete messages of all connections, and again of the messages of calls in progress. */
    static final int BYTES = 4 * 1024 * 1024;

    /** Bytes of messages of either kind that every connection may have, regardless of the others. */
    static final int FAIR_BYTES = 16 * 1024;

    /** Estimated memory of a call or stream without its message and its trigger, in bytes. */
    static final int BYTES_OF_A_CALL = 2400;

    /** Estimated memory of an open stream with its trigger, in bytes. */
    static final int BYTES_OF_A_STREAM = 3072;

    /** When the heap is full, connections that hold less than this are not closed, in bytes. */
    static final int WORTH_CLOSING = 64 * 1024;

    /** Characters of a call's authority, which is kept as long as the call: the longest host name and a port. */
    static final int LONGEST_AUTHORITY = 262;

    /** Calls in progress of one connection above which it is read more slowly. */
    static final int CALLS_BEFORE_SLOWER = 500;

    /** Health watches of one connection. */
    static final int WATCHES = 4;

    /** Errors of a faulty or hostile client that one connection may make between two sweeps. */
    static final int STRIKES = 400;

    /** Interval at which a connection with too many calls in progress is read. */
    static final Duration SLOWER = Duration.ofMillis(20);

    /** Added to the time limit of a call: a client that lets the scaler wait as long, or twice as long, loses the call. */
    static final Duration SWEPT_AFTER = Duration.ofSeconds(3);

    /** Parts of that time in which it is measured. */
    static final int TICKS_OF_A_SWEEP = 5;

    /**
     * So many bytes, read after the beginning of a call and not of its message, count as one of these parts: a burst of streams
     * is smaller.
     */
    static final int BYTES_OF_A_TICK = 2 * 1024 * 1024;

    /** Time limit for the TLS handshake and the HTTP/2 preface. */
    static final Duration HANDSHAKE = Duration.ofSeconds(5);

    /**
     * Bytes of a connection that the operating system keeps before they are read; it takes up to twice as much. By default, it
     * keeps up to 128 KiB, and the container's memory pays for that.
     */
    static final int UNREAD = 16 * 1024;

    /** Small reads, so that a connection that sends continuously does not delay others. */
    static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(64, 2048, 16 * 1024).maxMessagesPerRead(1);

    private ServerLimits() {}
}
