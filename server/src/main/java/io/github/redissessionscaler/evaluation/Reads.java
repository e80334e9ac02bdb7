package io.github.redissessionscaler.evaluation;

/** One kind of read. */
interface Reads<K, V> {

    /**
     * The value, read for this caller or shared with others.
     *
     * @throws io.github.redissessionscaler.counting.KeyspaceException if the read fails, or has not ended by the deadline
     */
    V get(K key, Deadline deadline);
}
