package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A shard that adds up the server time of requests, without the processing of replies, so that a scaler with little CPU
 * does not look like a slow server. For one thread.
 */
final class TimedShard implements Shard {

    private final Shard shard;
    private final RoundTrip roundTrip;
    private final LongSupplier nanoTime;
    private long serverNanos;
    private long readNanos;

    /**
     * With no server time yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    TimedShard(Shard shard, RoundTrip roundTrip, LongSupplier nanoTime) {
        this.shard = shard;
        this.roundTrip = roundTrip;
        this.nanoTime = nanoTime;
    }

    /** The server time of the requests since the last call, in nanoseconds. */
    long takeServerNanos() {
        long taken = serverNanos;
        serverNanos = 0;
        return taken;
    }

    /** The server time of all requests so far that read something of keys that were found, in nanoseconds. */
    long readNanos() {
        return readNanos;
    }

    @Override
    public String name() {
        return shard.name();
    }

    @Override
    public long size() {
        return shard.size();
    }

    @Override
    public OptionalLong expiringKeys() {
        return shard.expiringKeys();
    }

    @Override
    public OptionalLong evictedKeys() {
        return shard.evictedKeys();
    }

    @Override
    public Optional<String> productAndVersion() {
        return shard.productAndVersion();
    }

    @Override
    public boolean inCluster() {
        return shard.inCluster();
    }

    @Override
    public List<ScanPage> scan(List<String> cursors, int count) {
        return timed(() -> shard.scan(cursors, count));
    }

    @Override
    public Sample sampleByScan(List<String> cursors, int count) {
        return timed(() -> shard.sampleByScan(cursors, count));
    }

    @Override
    public Sample sampleByRandomKey(int times) {
        return timed(() -> shard.sampleByRandomKey(times));
    }

    @Override
    public List<String> types(List<byte[]> keys) {
        return read(() -> shard.types(keys));
    }

    @Override
    public List<Long> timesToLive(List<byte[]> keys) {
        return read(() -> shard.timesToLive(keys));
    }

    @Override
    public List<Long> idleSeconds(List<byte[]> keys) {
        return read(() -> shard.idleSeconds(keys));
    }

    @Override
    public List<Boolean> haveField(List<byte[]> keys, String field) {
        return read(() -> shard.haveField(keys, field));
    }

    @Override
    public List<Long> sizes(List<byte[]> keys, List<String> types) {
        return read(() -> shard.sizes(keys, types));
    }

    private <T> T read(Supplier<T> request) {
        long before = serverNanos;
        T answer = timed(request);
        readNanos += serverNanos - before;
        return answer;
    }

    private <T> T timed(Supplier<T> request) {
        roundTrip.before(shard);
        long start = nanoTime.getAsLong();
        T answer = request.get();
        serverNanos += roundTrip.serverNanos(nanoTime.getAsLong() - start);
        return answer;
    }
}
