package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Caches reads for one round over many triggers. Each read is done once and starts after the round has, so it includes the
 * change that caused the round. After a temporary failure all later reads of the round fail, so that an unavailable Redis
 * delays a round once and not for every trigger. For one thread, which waits for each read.
 */
final class RoundCache<K, V> implements Reads<K, V> {

    /** State shared by all kinds of read of one round. */
    static final class Round {
        private Optional<KeyspaceException> unavailable = Optional.empty();
    }

    private final Reads<K, V> reads;
    private final Round round;
    private final Map<K, CompletableFuture<V>> outcomes = new HashMap<>();

    RoundCache(Reads<K, V> reads, Round round) {
        this.reads = reads;
        this.round = round;
    }

    @Override
    public CompletableFuture<V> get(K key, Deadline deadline) {
        return outcomes.computeIfAbsent(key, k -> outcome(k, deadline));
    }

    /** Same as {@link #get}: all reads of a round are fresh. */
    @Override
    public CompletableFuture<V> getFresh(K key, Deadline deadline) {
        return get(key, deadline);
    }

    private CompletableFuture<V> outcome(K key, Deadline deadline) {
        if (round.unavailable.isPresent()) {
            return CompletableFuture.failedFuture(round.unavailable.get());
        }
        return reads.getFresh(key, deadline).whenComplete((_, thrown) -> {
            if (thrown != null
                    && Futures.failure(thrown) instanceof KeyspaceException failure
                    && !failure.reason().permanent()) {
                round.unavailable = Optional.of(failure);
            }
        });
    }
}
