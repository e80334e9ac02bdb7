package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads for one round over many triggers: each is done once, begins after the round has, and so shows what caused the round.
 * A failure that may pass fails all later reads, so that an unavailable Redis holds up a round once and not for every
 * trigger. For one thread, which waits for each read before the next.
 */
final class RoundCache<K, V> implements Reads<K, V> {

    /** What all kinds of read of one round share. */
    static final class Round {
        private Optional<KeyspaceException> silent = Optional.empty();
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

    /** The same: all reads of a round are fresh. */
    @Override
    public CompletableFuture<V> getFresh(K key, Deadline deadline) {
        return get(key, deadline);
    }

    private CompletableFuture<V> outcome(K key, Deadline deadline) {
        if (round.silent.isPresent()) {
            return CompletableFuture.failedFuture(round.silent.get());
        }
        return reads.getFresh(key, deadline).whenComplete((_, thrown) -> {
            if (thrown != null
                    && Futures.failure(thrown) instanceof KeyspaceException failure
                    && !failure.reason().permanent()) {
                round.silent = Optional.of(failure);
            }
        });
    }
}
