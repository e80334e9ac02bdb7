package io.github.redissessionscaler.reading;

import java.util.concurrent.CompletableFuture;

/** One kind of read. */
interface Reads<K, V> {

    /**
     * Reads the value, or joins a read in progress. Does not block.
     *
     * <p>Dependent stages may run on the reading thread and must not block. The result fails with a
     * {@link io.github.redissessionscaler.keyspace.KeyspaceException} if the read fails or the deadline passes.
     */
    CompletableFuture<V> get(K key, Deadline deadline);

    /** Like {@link #get}, but the read starts after this call, so it includes all earlier changes. */
    CompletableFuture<V> getFresh(K key, Deadline deadline);
}
