package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Shard;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps the use of one server below a share of its time: after each request it waits in proportion to the time that the
 * request took, without what the network takes of it. For use by one thread.
 */
final class ServerThrottle {

    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    /** Asked so often, the fastest answer tells how long the way takes. */
    private static final int ROUND_TRIPS = 3;

    private final DoubleSupplier share;
    private final long roundTripNanos;

    /**
     * A pace of its own.
     *
     * @param share above 0, asked before each pause; at 1 it never waits
     */
    ServerThrottle(DoubleSupplier share, long roundTripNanos) {
        this.share = share;
        this.roundTripNanos = roundTripNanos;
    }

    /**
     * A pace for this server, which is asked for its size a few times.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    static ServerThrottle of(Shard shard, DoubleSupplier share, LongSupplier nanoTime) {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < ROUND_TRIPS; i++) {
            long start = nanoTime.getAsLong();
            shard.size();
            fastest = Math.min(fastest, nanoTime.getAsLong() - start);
        }
        return new ServerThrottle(share, fastest);
    }

    /** The server's own part of a request that took so long; too much rather than too little. */
    long serverNanos(long requestNanos) {
        return Math.max(requestNanos - roundTripNanos, 0);
    }

    /** How long to wait after a request that cost the server so much. */
    long pauseNanos(long serverNanos) {
        return Math.min((long) (serverNanos * (1 / share.getAsDouble() - 1)), LONGEST_PAUSE_NANOS);
    }

    /**
     * Waits, unless there is no need.
     *
     * @throws InterruptedException if the thread is to end
     */
    void pauseAfter(long serverNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long pause = pauseNanos(serverNanos);
        if (pause > 0) {
            LockSupport.parkNanos(pause);
        }
    }
}
