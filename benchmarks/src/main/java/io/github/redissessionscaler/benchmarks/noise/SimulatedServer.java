package io.github.redissessionscaler.benchmarks.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * A server with as many keys as somebody likes, in a clock of its own. It keeps no keys but their hash table: as in Redis, a page of
 * SCAN is some buckets that follow one another. Each request takes the clock as much further as it would take a server and the
 * network.
 *
 * <p>For use by one thread.
 */
final class SimulatedServer implements Shard {

    private static final byte[] SESSION = "session:1".getBytes(US_ASCII);
    private static final byte[] OTHER = "cache:1".getBytes(US_ASCII);
    private static final long ROUND_TRIP_NANOS = 200_000;

    private final SplittableRandom random;
    private final int keys;
    private final long nanosPerKey;
    private final int bucketBits;

    /** The number of the first key of each bucket. */
    private final int[] buckets;

    private BitSet sessions = new BitSet();
    private long nanos;

    /**
     * A server without sessions.
     *
     * @param keys at least one
     * @param nanosPerKey what a key in a page costs the server
     */
    SimulatedServer(SplittableRandom random, int keys, long nanosPerKey) {
        this.random = random;
        this.keys = keys;
        this.nanosPerKey = nanosPerKey;
        bucketBits = Integer.SIZE - Integer.numberOfLeadingZeros(keys - 1);
        buckets = new int[(1 << bucketBits) + 1];
        for (int i = 0; i < keys; i++) {
            buckets[random.nextInt(1 << bucketBits) + 1]++;
        }
        for (int i = 1; i < buckets.length; i++) {
            buckets[i] += buckets[i - 1];
        }
    }

    /**
     * Makes as many keys sessions, drawn at random, and the others none.
     *
     * @param together how many stand next to one another, as far as there is room; 1 for what a good hash does
     */
    void setSessions(int number, int together) {
        sessions = new BitSet(keys);
        int left = number;
        while (left > 0) {
            int first = random.nextInt(keys);
            for (int i = first; i < Math.min(first + together, keys) && left > 0; i++) {
                if (!sessions.get(i)) {
                    sessions.set(i);
                    left--;
                }
            }
        }
    }

    /** Its clock, as {@link System#nanoTime}. */
    long nanoTime() {
        return nanos;
    }

    Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    void pass(long nanosThatPass) {
        nanos += nanosThatPass;
    }

    @Override
    public String name() {
        return "simulated:6379";
    }

    @Override
    public long size() {
        pass(ROUND_TRIP_NANOS);
        return keys;
    }

    @Override
    public Sample sampleByScan(List<String> cursors, int count) {
        List<byte[]> found = new ArrayList<>();
        for (String cursor : cursors) {
            int bucket = (int) (Long.parseUnsignedLong(cursor) >>> (Long.SIZE - bucketBits));
            int first = buckets[bucket];
            while (bucket < buckets.length - 1 && buckets[bucket] - first < count) {
                bucket++;
            }
            for (int i = first; i < buckets[bucket]; i++) {
                found.add(sessions.get(i) ? SESSION : OTHER);
            }
        }
        pass(ROUND_TRIP_NANOS + nanosPerKey * found.size());
        return new Sample(keys, found, keys);
    }

    @Override
    public OptionalLong expiringKeys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalLong evictedKeys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> productAndVersion() {
        return Optional.empty();
    }

    @Override
    public boolean inCluster() {
        return false;
    }

    @Override
    public List<ScanPage> scan(List<String> cursors, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Sample sampleByRandomKey(int times) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> types(List<byte[]> ofKeys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Long> timesToLive(List<byte[]> ofKeys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Long> idleSeconds(List<byte[]> ofKeys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Boolean> haveField(List<byte[]> ofKeys, String field) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Long> sizes(List<byte[]> ofKeys, List<String> types) {
        throw new UnsupportedOperationException();
    }
}
