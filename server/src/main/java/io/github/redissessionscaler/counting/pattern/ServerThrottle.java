package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Shard;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What requests take of one server's time: their duration without the network round trip. After each, a pause in proportion
 * keeps the use of the server below a share of its time. For one thread.
 */
final class ServerThrottle {

    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    /** Number of requests that measure the network round trip; the fastest counts. */
    private static final int ROUND_TRIPS = 3;

    private final DoubleSupplier share;
    private long roundTripNanos;

    /**
     * With a known round trip.
     *
     * @param share above 0, read before each pause; at 1 it never pauses
     */
    ServerThrottle(DoubleSupplier share, long roundTripNanos) {
        this.share = share;
        this.roundTripNanos = roundTripNanos;
    }

    /**
     * Measures the round trip by a few DBSIZE.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    static ServerThrottle of(Shard shard, DoubleSupplier share, LongSupplier nanoTime) {
        var throttle = new ServerThrottle(share, Long.MAX_VALUE);
        for (int i = 0; i < ROUND_TRIPS; i++) {
            throttle.measure(shard, nanoTime);
        }
        return throttle;
    }

    /**
     * Measures the round trip once more, by a DBSIZE: a few may all have been slow.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    void measure(Shard shard, LongSupplier nanoTime) {
        long start = nanoTime.getAsLong();
        shard.size();
        roundTripNanos = Math.min(roundTripNanos, nanoTime.getAsLong() - start);
    }

    /** Estimated server time of a request, rather too much than too little. */
    long serverNanos(long requestNanos) {
        return Math.max(requestNanos - roundTripNanos, 0);
    }

    /** The pause after a request with this server time. */
    long pauseNanos(long serverNanos) {
        return Math.min((long) (serverNanos * (1 / share.getAsDouble() - 1)), LONGEST_PAUSE_NANOS);
    }
}
