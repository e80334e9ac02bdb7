package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;

/**
 * Fails the SCAN of one primary if it does not end.
 *
 * <p>A Redis never returns the same cursor twice in one scan: the cursor with its bits in reverse order only grows, also while
 * the hash table changes its size. So a repeated cursor is a cycle. Brent's algorithm finds it with one remembered cursor, at
 * the latest after three times as many pages as there are before the end of the first cycle. A scan without a cycle fails once
 * it has returned many times as many keys as DBSIZE counts.
 *
 * <p>Not thread-safe.
 */
final class ScanEnd {

    /** How many times the keys of DBSIZE a scan may return; duplicates and a wrong DBSIZE are a warning below that. */
    private static final long MOST_TIMES = 4;

    /** How many more it may return: in a small database the keys may have changed completely. */
    private static final long MOST_MORE = 10_000;

    private final Shard shard;
    private long size;
    private long keys;
    private String remembered = "0";
    private long pages;
    private long pagesUntilNext = 1;

    /** @param size DBSIZE when the scan started; 0 if the server does not keep it */
    ScanEnd(Shard shard, long size) {
        this.shard = shard;
        this.size = size;
    }

    /**
     * Returns if the scan may go on after a page.
     *
     * @param cursor of the next page, not 0
     * @param keysOfPage number of keys of the page
     * @throws KeyspaceException if the scan does not end
     */
    void check(String cursor, int keysOfPage) {
        if (cursor.equals(remembered)) {
            throw endless("it returned one cursor twice");
        }
        pages++;
        if (pages == pagesUntilNext) {
            remembered = cursor;
            pages = 0;
            pagesUntilNext *= 2;
        }
        keys += keysOfPage;
        if (size > 0 && keys > most()) {
            size = Math.max(size, shard.size());
            if (keys > most()) {
                throw endless("it returned %d keys, and DBSIZE is %d".formatted(keys, size));
            }
        }
    }

    private long most() {
        return MOST_TIMES * size + MOST_MORE;
    }

    private KeyspaceException endless(String why) {
        return new KeyspaceException(Reason.OTHER, "Redis at " + shard.name() + " does not end SCAN: " + why);
    }
}
