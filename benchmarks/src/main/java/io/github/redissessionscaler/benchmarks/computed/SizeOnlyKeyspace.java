package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A database in memory that knows how many keys it has, and nothing else. */
final class SizeOnlyKeyspace implements Keyspace {

    private volatile long size;

    void size(long keys) {
        size = keys;
    }

    @Override
    public void ping() {
        // always there
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Optional<String> get(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<KeyType> type(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long cardinality(String key, KeyType type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long countByScore(String key, double min, double max) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Instant time() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> placement() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Shard> shards() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }
}
