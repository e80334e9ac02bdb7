package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One logical Redis database, whatever the topology behind it.
 *
 * <p>Thread-safe. Every method blocks, for at most the time that the connection is configured with, and belongs on a
 * virtual thread; every method throws {@link KeyspaceException} when Redis does not give the answer.
 */
public interface Keyspace {

    /** More keys or elements than a server can hold: a reply that says so is no count. */
    long MOST = 1_000_000_000_000L;

    /** PING; on a cluster, of any primary. */
    void ping();

    /** DBSIZE, summed over the primaries. Expired keys that were not reaped yet count. */
    long size();

    /** GET, or empty when there is no such key. */
    Optional<String> get(String key);

    /** TYPE, or empty when there is no such key; WRONGTYPE, with its name, for a type that {@link KeyType} lacks. */
    Optional<KeyType> type(String key);

    /** LLEN, SCARD, ZCARD, HLEN or XLEN, as the type wants; PFCOUNT for a string. 0 when there is no such key. */
    long cardinality(String key, KeyType type);

    /** ZCOUNT, both ends included; an infinite end is open. 0 when there is no such key. */
    long countByScore(String key, double min, double max);

    /** TIME, by the clock of one primary. */
    Instant time();

    /**
     * Where the keys are. At two moments it is the same only if no key has moved from one primary to another in between. Empty
     * while the primaries disagree about it.
     */
    Optional<String> placement();

    /**
     * What about the servers makes every number of them doubtful, each a sentence for an operator; empty where nothing does, or
     * where the user may not ask.
     */
    List<String> warnings();

    /** The primaries as they are now, at least one. A server that is not part of a cluster is its only shard. */
    List<Shard> shards();
}
