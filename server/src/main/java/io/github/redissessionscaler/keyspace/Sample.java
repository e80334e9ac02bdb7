package io.github.redissessionscaler.keyspace;

import java.util.List;

/**
 * Some keys of a shard, and its DBSIZE immediately before and after they were read. Expired keys that the read met are not
 * included; the server deletes them, so the second size is smaller.
 */
public record Sample(long sizeBefore, List<byte[]> keys, long sizeAfter) {}
