package io.github.redissessionscaler.testing;

import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A shard that a test changes in one point. */
public class ForwardingShard implements Shard {

    private final Shard shard;

    public ForwardingShard(Shard shard) {
        this.shard = shard;
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
    public OptionalLong expiringKeys() {
        return shard.expiringKeys();
    }

    @Override
    public List<ScanPage> scan(List<String> cursors, int count) {
        return shard.scan(cursors, count);
    }

    @Override
    public Sample sampleByScan(List<String> cursors, int count) {
        return shard.sampleByScan(cursors, count);
    }

    @Override
    public Sample sampleByRandomKey(int times) {
        return shard.sampleByRandomKey(times);
    }

    @Override
    public List<String> types(List<byte[]> keys) {
        return shard.types(keys);
    }

    @Override
    public List<Long> timesToLive(List<byte[]> keys) {
        return shard.timesToLive(keys);
    }

    @Override
    public List<Long> idleSeconds(List<byte[]> keys) {
        return shard.idleSeconds(keys);
    }

    @Override
    public List<Boolean> haveField(List<byte[]> keys, String field) {
        return shard.haveField(keys, field);
    }

    @Override
    public List<Long> sizes(List<byte[]> keys, List<String> types) {
        return shard.sizes(keys, types);
    }
}
