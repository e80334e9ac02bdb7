package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.trigger.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Caches reads for one round over many triggers. Each read is done once and starts after the round has, so it includes the
 * change that caused the round. While Redis is unavailable, all later reads of that database fail in the round, so that it is
 * delayed once and not for every trigger. Other failures concern one read only. For one thread, which waits for each read.
 */
final class RoundCache<K, V> implements Reads<K, V> {

    /** State shared by all kinds of read of one round. */
    static final class Round {
        private final Map<Database, KeyspaceException> unavailable = new ConcurrentHashMap<>();
    }

    private final Reads<K, V> reads;
    private final Round round;
    private final Function<K, Database> database;
    private final Map<K, CompletableFuture<V>> outcomes = new HashMap<>();

    RoundCache(Reads<K, V> reads, Round round, Function<K, Database> database) {
        this.reads = reads;
        this.database = database;
        this.round = round;
    }

    /** @param fresh without effect: all reads of a round are fresh */
    @Override
    public CompletableFuture<V> get(K key, boolean fresh, Deadline deadline) {
        return outcomes.computeIfAbsent(key, k -> outcome(k, deadline));
    }

    private CompletableFuture<V> outcome(K key, Deadline deadline) {
        KeyspaceException unavailable = round.unavailable.get(database.apply(key));
        if (unavailable != null) {
            return CompletableFuture.failedFuture(unavailable);
        }
        return reads.get(key, true, deadline).whenComplete((_, thrown) -> {
            if (thrown != null
                    && Futures.failure(thrown) instanceof KeyspaceException failure
                    && !failure.reason().redisAvailable()) {
                round.unavailable.put(database.apply(key), failure);
            }
        });
    }
}
