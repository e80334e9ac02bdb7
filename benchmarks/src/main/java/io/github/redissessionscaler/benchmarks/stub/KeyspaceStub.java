package io.github.redissessionscaler.benchmarks.stub;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A database in memory. A subclass provides the reads that its benchmark needs; the others throw. */
public abstract class KeyspaceStub implements Keyspace {

    @Override
    public void ping() {
        throw new UnsupportedOperationException();
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
    public Map<Integer, Long> otherDatabases() {
        return Map.of();
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
