package io.github.redissessionscaler.keyspace;

import java.util.List;

/**
 * Some keys of a shard, and its DBSIZE just before and just after they were read. An expired key that was met on the way is
 * not among the keys; the server deletes it, so it makes the second size smaller.
 */
public record Sample(long sizeBefore, List<byte[]> keys, long sizeAfter) {}
