package io.github.redissessionscaler.testing;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A keyspace that a test changes in one point. */
public class ForwardingKeyspace implements Keyspace {

    private final Keyspace keyspace;

    public ForwardingKeyspace(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    @Override
    public void ping() {
        keyspace.ping();
    }

    @Override
    public long size() {
        return keyspace.size();
    }

    @Override
    public Optional<String> get(String key) {
        return keyspace.get(key);
    }

    @Override
    public Optional<KeyType> type(String key) {
        return keyspace.type(key);
    }

    @Override
    public long cardinality(String key, KeyType type) {
        return keyspace.cardinality(key, type);
    }

    @Override
    public long countByScore(String key, double min, double max) {
        return keyspace.countByScore(key, min, max);
    }

    @Override
    public Instant time() {
        return keyspace.time();
    }

    @Override
    public Optional<String> placement() {
        return keyspace.placement();
    }

    @Override
    public List<String> warnings() {
        return keyspace.warnings();
    }

    @Override
    public Map<Integer, Long> otherDatabases() {
        return keyspace.otherDatabases();
    }

    @Override
    public List<Shard> shards() {
        return keyspace.shards();
    }
}
