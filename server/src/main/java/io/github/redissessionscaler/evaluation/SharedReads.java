package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of Redis of which equal ones in flight are one. A read that has ended is not remembered: whoever asks next reads
 * again. Thread-safe.
 */
final class SharedReads<K, V> implements Reads<K, V> {

    /** A read, and those who wait for it. What is in the map is guarded by the map. */
    private static final class Flight<V> {
        final CompletableFuture<V> value = new CompletableFuture<>();
        boolean boarded;
    }

    private final Function<K, V> read;
    private final Executor executor;
    private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();

    /**
     * No read is in flight yet.
     *
     * @param read blocks, and ends by itself some time after every deadline
     * @param executor runs reads that follow one another, beside the caller
     */
    SharedReads(Function<K, V> read, Executor executor) {
        this.read = read;
        this.executor = executor;
    }

    /** The value as it is read now, by this caller or by one before it who still waits. */
    @Override
    public CompletableFuture<V> get(K key, Deadline deadline) {
        return board(key)
                .copy()
                .orTimeout(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(thrown -> {
                    throw failure(thrown);
                });
    }

    private static RuntimeException failure(Throwable thrown) {
        return Futures.failure(thrown) instanceof TimeoutException late
                ? new KeyspaceException(Reason.TIMEOUT, "Redis has not answered in time", late)
                : Futures.unchecked(thrown);
    }

    /** The flight that is under way or will be next, or else one that starts now. */
    private CompletableFuture<V> board(K key) {
        var own = new Flight<V>();
        Flight<V> flight = flights.compute(key, (_, known) -> boarded(known == null ? own : known));
        if (flight == own) {
            try {
                executor.execute(() -> fly(key, own));
            } catch (RejectedExecutionException e) {
                flights.remove(key);
                own.value.completeExceptionally(new KeyspaceException(Reason.OTHER, "the scaler shuts down", e));
            }
        }
        return flight.value;
    }

    private static <V> Flight<V> boarded(Flight<V> flight) {
        flight.boarded = true;
        return flight;
    }

    /**
     * Reads, and again as long as somebody has come after a read had ended. Those who do wait until all who came before have
     * their answer, so that many share a read where many come. Where the processors are busy, those who are about to come get
     * the time to: a read costs more than a call.
     */
    @SuppressWarnings("ThreadPriorityCheck") // yields for the sake of fewer reads, which nothing depends on
    private void fly(K key, Flight<V> first) {
        for (Flight<V> flight = first; flight != null; flight = nextBoarded(key)) {
            Thread.yield();
            try {
                V value = read.apply(key);
                flights.put(key, new Flight<>());
                flight.value.complete(value);
            } catch (RuntimeException | Error e) {
                flights.put(key, new Flight<>());
                flight.value.completeExceptionally(e);
            }
        }
    }

    private @Nullable Flight<V> nextBoarded(K key) {
        return flights.computeIfPresent(key, (_, next) -> next.boarded ? next : null);
    }
}
