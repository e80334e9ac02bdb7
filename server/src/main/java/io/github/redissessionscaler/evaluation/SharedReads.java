package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Reads of Redis of which equal ones in flight are one. A read that has ended is not remembered: whoever asks next reads
 * again. Thread-safe.
 */
final class SharedReads<K, V> implements Reads<K, V> {

    private final Function<K, V> read;
    private final Executor executor;
    private final ConcurrentMap<K, CompletableFuture<V>> inFlight = new ConcurrentHashMap<>();

    /**
     * No read is in flight yet.
     *
     * @param read blocks, and ends by itself some time after every deadline
     * @param executor starts a thread for each read
     */
    SharedReads(Function<K, V> read, Executor executor) {
        this.read = read;
        this.executor = executor;
    }

    /** The value as it is read now, by this caller or by one before it who still waits. */
    @Override
    public V get(K key, Deadline deadline) {
        var own = new CompletableFuture<V>();
        CompletableFuture<V> flight = inFlight.putIfAbsent(key, own);
        if (flight == null) {
            flight = own;
            executor.execute(() -> fly(key, own));
        }
        try {
            return flight.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new KeyspaceException(Reason.TIMEOUT, "Redis has not answered in time", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", e);
        }
    }

    /** The key leaves the map before the value is told, so that no later caller gets a value older than its request. */
    private void fly(K key, CompletableFuture<V> flight) {
        try {
            V value = read.apply(key);
            inFlight.remove(key, flight);
            flight.complete(value);
        } catch (RuntimeException | Error e) {
            inFlight.remove(key, flight);
            flight.completeExceptionally(e);
        }
    }
}
