package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads for one round over many triggers: each is done once, and what fails in passing fails all that come after it, so
 * that a silent Redis holds up a round once and not for every trigger. For one thread.
 */
final class RememberedReads<K, V> implements Reads<K, V> {

    /** What all kinds of read of one round share. */
    static final class Round {
        private Optional<KeyspaceException> silent = Optional.empty();
    }

    private sealed interface Outcome<V> {
        record Value<V>(V value) implements Outcome<V> {}

        record Failure<V>(KeyspaceException failure) implements Outcome<V> {}
    }

    private final Reads<K, V> reads;
    private final Round round;
    private final Map<K, Outcome<V>> outcomes = new HashMap<>();

    RememberedReads(Reads<K, V> reads, Round round) {
        this.reads = reads;
        this.round = round;
    }

    @Override
    public V get(K key, Deadline deadline) {
        return switch (outcomes.computeIfAbsent(key, k -> outcome(k, deadline))) {
            case Outcome.Value<V>(V value) -> value;
            case Outcome.Failure<V>(KeyspaceException failure) -> throw failure;
        };
    }

    private Outcome<V> outcome(K key, Deadline deadline) {
        if (round.silent.isPresent()) {
            return new Outcome.Failure<>(round.silent.get());
        }
        try {
            return new Outcome.Value<>(reads.get(key, deadline));
        } catch (KeyspaceException e) {
            if (!e.reason().permanent()) {
                round.silent = Optional.of(e);
            }
            return new Outcome.Failure<>(e);
        }
    }
}
