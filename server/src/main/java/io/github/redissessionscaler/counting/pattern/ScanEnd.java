package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Fails the SCAN of one primary if it does not end.
 *
 * <p>A Redis never returns the same cursor twice in one scan: the cursor with its bits in reverse order only grows, also while
 * the hash table changes its size. So a repeated cursor is a cycle. Brent's algorithm finds it with one remembered cursor, at
 * the latest after three times as many pages as there are before the end of the first cycle.
 *
 * <p>A scan without a cycle has limits on its pages without keys, on its keys and on its time. They are far above what a Redis
 * needs: duplicates and a wrong DBSIZE are a warning below them.
 *
 * <p>Not thread-safe.
 */
final class ScanEnd {

    /** Pages in a row without a key: enough for an empty hash table of 2 GiB. */
    static final int MOST_EMPTY_PAGES = 1 << 18;

    /** How many times the keys of DBSIZE a scan may return. */
    private static final long MOST_TIMES = 4;

    /** How many more it may return: in a small database the keys may have changed completely. */
    private static final long MOST_MORE = 10_000;

    /** Keys of a scan while DBSIZE is 0, which means that the server does not keep it. */
    static final long MOST_UNCOUNTED = 100_000_000;

    /** Limit on the time of a scan, to which {@link #LONGEST_OF_A_KEY} is added for each key. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** Many times what a key costs at the smallest share of a server's time. */
    private static final Duration LONGEST_OF_A_KEY = Duration.ofMillis(100);

    private final Shard shard;
    private final DoubleSupplier different;
    private final LongSupplier nanoTime;
    private final long start;
    private long size;
    private long keys;
    private long keysOfNextLook = MOST_MORE;
    private int emptyPages;
    private String remembered = "0";
    private long pages;
    private long pagesUntilNext = 1;

    /**
     * A scan that starts now.
     *
     * @param size DBSIZE; 0 if the server does not keep it
     * @param different the number of different keys so far, which may be an estimate
     * @param nanoTime as {@link System#nanoTime}
     */
    ScanEnd(Shard shard, long size, DoubleSupplier different, LongSupplier nanoTime) {
        this.shard = shard;
        this.size = size;
        this.different = different;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
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
        emptyPages = keysOfPage == 0 ? emptyPages + 1 : 0;
        if (emptyPages == MOST_EMPTY_PAGES) {
            throw endless("it returned %d pages without a key, one after another".formatted(emptyPages));
        }
        if (size > 0) {
            checkKeys();
        } else {
            checkUncounted();
        }
        checkTime();
    }

    private void checkKeys() {
        if (keys > MOST_TIMES * size + MOST_MORE) {
            size = Math.max(size, shard.size());
            if (keys > MOST_TIMES * size + MOST_MORE) {
                throw endless("it returned %d keys, and DBSIZE is %d".formatted(keys, size));
            }
        }
    }

    private void checkUncounted() {
        if (keys > MOST_UNCOUNTED) {
            throw endless("it returned more than %d keys, and DBSIZE is 0".formatted(MOST_UNCOUNTED));
        }
        if (keys > keysOfNextLook) {
            keysOfNextLook = 2 * keys;
            double known = different.getAsDouble();
            if ((double) keys > MOST_TIMES * known + MOST_MORE) {
                throw endless("it returned %d keys, of which only about %.0f are different".formatted(keys, known));
            }
        }
    }

    private void checkTime() {
        Duration longest = LONGEST.plus(LONGEST_OF_A_KEY.multipliedBy(Math.max(size, keys)));
        if (Duration.ofNanos(nanoTime.getAsLong() - start).compareTo(longest) > 0) {
            throw endless("it has taken more than %d minutes, and DBSIZE is %d".formatted(longest.toMinutes(), size));
        }
    }

    private KeyspaceException endless(String why) {
        return new KeyspaceException(Reason.OTHER, "Redis at " + shard.name() + " does not end SCAN: " + why);
    }
}
