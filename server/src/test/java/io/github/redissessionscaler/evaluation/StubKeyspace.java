package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A database whose answers a test sets: any of them may throw whatever the test wants. Thread-safe. */
public final class StubKeyspace implements Keyspace {

    private volatile Supplier<Long> size = () -> 0L;
    private volatile Supplier<Optional<String>> value = Optional::empty;

    /** What DBSIZE gives from now on. */
    public void size(Supplier<Long> answer) {
        size = answer;
    }

    /** What GET gives from now on. */
    public void value(Supplier<Optional<String>> answer) {
        value = answer;
    }

    /** An answer that is a failure. */
    public static <T> Supplier<T> failing(Reason reason) {
        return () -> {
            throw new KeyspaceException(reason, "as the test wants it");
        };
    }

    @Override
    public void ping() {}

    @Override
    public long size() {
        return size.get();
    }

    @Override
    public Optional<String> get(String key) {
        return value.get();
    }

    @Override
    public Optional<KeyType> type(String key) {
        return Optional.empty();
    }

    @Override
    public long cardinality(String key, KeyType type) {
        return 0;
    }

    @Override
    public long countByScore(String key, double min, double max) {
        return 0;
    }

    @Override
    public Instant time() {
        return Instant.EPOCH;
    }

    @Override
    public Optional<String> placement() {
        return Optional.of("here");
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public Map<Integer, Long> otherDatabases() {
        return Map.of();
    }

    @Override
    public List<Shard> shards() {
        throw new KeyspaceException(Reason.OTHER, "a stub has no shards");
    }
}
