package io.github.redissessionscaler.reading;

import java.util.concurrent.CompletableFuture;

/** One kind of read. */
interface Reads<K, V> {

    /**
     * Reads the value, or joins a read in progress. Does not block.
     *
     * <p>Dependent stages may run on the reading thread and must not block. The result fails with a
     * {@link io.github.redissessionscaler.keyspace.KeyspaceException} if the read fails or the deadline passes.
     *
     * @param fresh whether the read must start after this call, so that it includes all earlier changes
     */
    CompletableFuture<V> get(K key, boolean fresh, Deadline deadline);
}
