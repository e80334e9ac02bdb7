package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Shard;
import java.util.function.LongSupplier;

/** The network round trip to one server, which separates the server's time from the duration of a request. For one thread. */
final class RoundTrip {

    /** Number of DBSIZE that measure it at first; the fastest counts. */
    private static final int FIRST = 3;

    /** Requests after which it is measured again: the first measurements may all have been slow. */
    static final int REQUESTS = 64;

    private final LongSupplier nanoTime;
    private long nanos = Long.MAX_VALUE;
    private int requests;

    private RoundTrip(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Measures it by a few DBSIZE.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    static RoundTrip to(Shard shard, LongSupplier nanoTime) {
        var roundTrip = new RoundTrip(nanoTime);
        for (int i = 0; i < FIRST; i++) {
            roundTrip.measure(shard);
        }
        return roundTrip;
    }

    /** A request follows. */
    void before(Shard shard) {
        requests++;
        if (requests % REQUESTS == 0) {
            measure(shard);
        }
    }

    private void measure(Shard shard) {
        long start = nanoTime.getAsLong();
        shard.size();
        nanos = Math.min(nanos, nanoTime.getAsLong() - start);
    }

    /** Estimated server time of a request, rather too much than too little. */
    long serverNanos(long requestNanos) {
        return Math.max(requestNanos - nanos, 0);
    }
}
