package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One simulated server, of which only samples are drawn. */
record SimulatedKeyspace(SimulatedServer server) implements Keyspace {

    @Override
    public List<Shard> shards() {
        return List.of(server);
    }

    @Override
    public long size() {
        return server.size();
    }

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
    public List<String> warnings() {
        return List.of();
    }
}
