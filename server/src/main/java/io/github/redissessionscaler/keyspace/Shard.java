package io.github.redissessionscaler.keyspace;

import io.github.redissessionscaler.trigger.KeyType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One primary's part of a {@link Keyspace}, under the same rules. */
public interface Shard {

    /** Host and port, for logs and metrics. */
    String name();

    /** DBSIZE of this primary. */
    long size();

    /** {@code expires} of this database in INFO keyspace; empty if INFO is refused or lacks it. */
    OptionalLong expiringKeys();

    /** {@code evicted_keys} of INFO stats, of all databases since the server started; empty where INFO is refused. */
    OptionalLong evictedKeys();

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

    /** TYPE of each key in one round trip; empty for a key that is gone. */
    List<Optional<KeyType>> types(List<byte[]> keys);

    /** PTTL of each key in one round trip, in milliseconds: -1 without TTL, -2 for a key that is gone. */
    List<Long> timesToLive(List<byte[]> keys);
}
