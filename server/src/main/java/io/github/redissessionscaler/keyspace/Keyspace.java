package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One logical Redis database of any topology.
 *
 * <p>Thread-safe. Every method blocks for at most the timeout of the connection, and throws {@link KeyspaceException} if
 * Redis is unavailable or refuses the command.
 */
public interface Keyspace {

    /** More keys or elements than a server can hold; larger counts are invalid. */
    long MOST = 1_000_000_000_000L;

    /** PING; on a cluster, of any primary. */
    void ping();

    /** DBSIZE, summed over the primaries. Includes expired keys that are not deleted yet. */
    long size();

    /** GET; empty if the key does not exist. */
    Optional<String> get(String key);

    /** TYPE; empty if the key does not exist. Fails with WRONGTYPE for a type that {@link KeyType} lacks. */
    Optional<KeyType> type(String key);

    /** LLEN, SCARD, ZCARD, HLEN or XLEN, depending on the type; PFCOUNT for a string. 0 if the key does not exist. */
    long cardinality(String key, KeyType type);

    /** ZCOUNT, both ends included; may be infinite. 0 if the key does not exist. */
    long countByScore(String key, double min, double max);

    /** TIME of one primary. */
    Instant time();

    /**
     * Identifies the placement of the keys. If it is equal at two times, no key has moved between primaries in between.
     * Empty while the primaries disagree.
     */
    Optional<String> placement();

    /**
     * Reasons why all counts of these servers may be wrong, each a sentence for an operator. Empty without permission to
     * check.
     */
    List<String> warnings();

    /** Number of keys of the other databases of these servers that hold any, by index. Empty where INFO is refused. */
    Map<Integer, Long> otherDatabases();

    /** The current primaries, at least one. A server outside a cluster is the only shard. */
    List<Shard> shards();
}
