package io.github.redissessionscaler.keyspace;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One primary's part of a {@link Keyspace}, under the same rules. */
public interface Shard {

    /** The type of a key that does not exist, as TYPE gives it. */
    String GONE = "none";

    /**
     * Longest key that is read whole, in bytes. A longer one is this long, too: its beginning and a checksum. Reads of such a key find
     * nothing.
     */
    int LONGEST_KEY = 2_048;

    /** Host and port, for logs and metrics. */
    String name();

    /** DBSIZE of this primary. */
    long size();

    /** {@code expires} of this database in INFO keyspace; empty if INFO is refused or lacks it. */
    OptionalLong expiringKeys();

    /** {@code evicted_keys} of INFO stats, of all databases since the server started; empty where INFO is refused. */
    OptionalLong evictedKeys();

    /** Product and version of the server, such as {@code Redis 8.2.1}; empty where INFO is refused. */
    Optional<String> productAndVersion();

    /** Whether the server is a node of a cluster, which may keep its keys by slot; false where that is unknown. */
    boolean inCluster();

    /**
     * One SCAN for each cursor, in one round trip, without MATCH.
     *
     * @param cursors unsigned 64-bit numbers, as SCAN takes them
     * @param count COUNT: about how many keys a page has
     * @return the pages in the order of the cursors
     */
    List<ScanPage> scan(List<String> cursors, int count);

    /** The keys of one SCAN for each cursor, between two DBSIZE in one round trip. */
    Sample sampleByScan(List<String> cursors, int count);

    /** The keys of this many RANDOMKEY, between two DBSIZE in one round trip. */
    Sample sampleByRandomKey(int times);

    /** TYPE of each key in one round trip: the type, which may be one of a module; {@link #GONE} for a key that is gone. */
    List<String> types(List<byte[]> keys);

    /** PTTL of each key in one round trip, in milliseconds: -1 without TTL, -2 for a key that is gone. */
    List<Long> timesToLive(List<byte[]> keys);

    /**
     * OBJECT IDLETIME of each key in one round trip: seconds since the last use, or -1 for a key that is gone.
     *
     * @throws KeyspaceException with reason UNSUPPORTED if the server keeps no idle times
     */
    List<Long> idleSeconds(List<byte[]> keys);

    /** HEXISTS of each key in one round trip; false for a key that is no hash or gone. Counts as a use of the key. */
    List<Boolean> haveField(List<byte[]> keys, String field);

    /**
     * The size of each key in one round trip, by its type: STRLEN, LLEN, SCARD, ZCARD, HLEN or XLEN; 0 for other types and for
     * a key that is gone or has another type now. Counts as a use of the key.
     *
     * @param types as {@link #types} gives them
     */
    List<Long> sizes(List<byte[]> keys, List<String> types);
}
