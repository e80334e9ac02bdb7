package io.github.redissessionscaler.reading;

import java.util.concurrent.CompletableFuture;

/** One kind of read. */
interface Reads<K, V> {

    /**
     * The value as soon as it is there, read for this caller or shared with others. Returns at once.
     *
     * <p>What is chained to it may run on the thread that has read, and must not block. It fails with a
     * {@link io.github.redissessionscaler.keyspace.KeyspaceException} if the read does, or has not ended by the deadline.
     */
    CompletableFuture<V> get(K key, Deadline deadline);

    /** The same of a read that begins after this call, so that it shows whatever has changed before. */
    CompletableFuture<V> getFresh(K key, Deadline deadline);
}
