package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/**
 * One scan of a whole database, which counts for any number of filters at once, each key once. It visits all primaries at
 * the same time, each at its own pace.
 *
 * <p>SCAN repeats keys only when a hash table shrinks, and then only keys of the one bucket that it stands in, all of which
 * it met shortly before (docs/counting.md). So {@link #WINDOW} matching keys are all that is remembered.
 *
 * <p>For one run; {@link #progress} may be asked by any thread.
 */
final class FullScan {

    /** Enough for a table that becomes a thousand times as small at once; at 32 bytes each, 128 KiB a primary. */
    static final int WINDOW = 1 << 12;

    /** How long the server may be kept from its other clients by one page. */
    private static final long SLOW_PAGE_NANOS = 500_000;

    private static final long FAST_PAGE_NANOS = 250_000;

    /**
     * What it found.
     *
     * @param counts by filter
     * @param serverNanosPerKey the servers' time for each key visited, or 0 when there were none
     * @param restNanos how long the servers are still to be left alone for what the last pages cost
     * @param doubts what does not fit between SCAN and DBSIZE, each a sentence for an operator
     */
    record Result(List<Long> counts, double serverNanosPerKey, long restNanos, List<String> doubts) {}

    /** Is told of each page: how many keys it had, and the server's time it took. Several threads call it. */
    interface Visited {
        void add(long keys, long serverNanos);
    }

    private record ShardResult(
            List<Long> counts, long serverNanos, long keys, long restNanos, Optional<String> doubt) {}

    private final Keyspace keyspace;
    private final List<KeyFilter> filters;
    private final CountingOptions options;
    private final DoubleSupplier share;
    private final boolean atOnce;
    private final Instant since;
    private final Visited visited;
    private final AtomicLong keysSeen = new AtomicLong();
    private volatile long keysExpected;

    /**
     * A scan that has not begun.
     *
     * @param share how much of each server's time it may take now, asked before each pause
     * @param atOnce whether pages follow one another without a pause: for few keys that somebody waits for. The servers rest
     *     after it as long as they would have in between
     */
    FullScan(
            Keyspace keyspace,
            List<KeyFilter> filters,
            CountingOptions options,
            DoubleSupplier share,
            boolean atOnce,
            Instant since,
            Visited visited) {
        this.keyspace = keyspace;
        this.filters = List.copyOf(filters);
        this.options = options;
        this.share = share;
        this.atOnce = atOnce;
        this.since = since;
        this.visited = visited;
    }

    ScanProgress progress() {
        return new ScanProgress(keysSeen.get(), keysExpected, since);
    }

    /**
     * Scans to the end. Empty if keys may have moved from one primary to another meanwhile, so that some were met twice, or
     * nowhere.
     *
     * @throws InterruptedException if the thread is to end
     */
    Optional<Result> run() throws InterruptedException {
        Optional<String> before = keyspace.placement();
        if (before.isEmpty()) {
            return Optional.empty();
        }
        keysExpected = keyspace.size();
        List<ShardResult> results = InParallel.map(keyspace.shards(), this::scan);
        return before.equals(keyspace.placement()) ? Optional.of(sum(results)) : Optional.empty();
    }

    private Result sum(List<ShardResult> results) {
        long[] counts = new long[filters.size()];
        long serverNanos = 0;
        long keys = 0;
        long restNanos = 0;
        for (ShardResult result : results) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += result.counts().get(i);
            }
            serverNanos += result.serverNanos();
            keys += result.keys();
            restNanos = Math.max(restNanos, result.restNanos());
        }
        return new Result(
                Arrays.stream(counts).boxed().toList(),
                keys == 0 ? 0 : (double) serverNanos / (double) keys,
                restNanos,
                results.stream().flatMap(result -> result.doubt().stream()).toList());
    }

    private ShardResult scan(Shard shard) throws InterruptedException {
        var pace = ServerThrottle.of(shard, share, System::nanoTime);
        var timed = new TimedShard(shard, pace, System::nanoTime);
        var tally = new MatchCounter(timed, filters);
        var recent = new RecentKeys(WINDOW);
        var distinct = new DistinctKeys();
        long sizeBefore = shard.size();
        int count = options.smallestPage();
        long serverNanos = 0;
        long keys = 0;
        long lastPage = 0;
        String cursor = "0";
        do {
            pace.pauseAfter(atOnce ? 0 : lastPage);
            ScanPage page = timed.scan(List.of(cursor), count).getFirst();
            tally.add(page.keys(), recent::add);
            page.keys().forEach(distinct::add);
            lastPage = timed.takeServerNanos();
            serverNanos += lastPage;
            keys += page.keys().size();
            keysSeen.addAndGet(page.keys().size());
            visited.add(page.keys().size(), lastPage);
            if (page.cursor().equals(cursor) && !cursor.equals("0")) {
                throw new KeyspaceException(
                        Reason.OTHER,
                        "Redis at " + shard.name() + " does not go on with SCAN: it gave one cursor twice");
            }
            cursor = page.cursor();
            count = nextCount(count, lastPage);
        } while (!cursor.equals("0"));
        return new ShardResult(
                tally.counts(),
                serverNanos,
                keys,
                pace.pauseNanos(atOnce ? serverNanos : lastPage),
                ScanCoverage.doubt(shard.name(), distinct.count(), sizeBefore, shard.size()));
    }

    private int nextCount(int count, long nanos) {
        if (nanos > SLOW_PAGE_NANOS) {
            return Math.max(options.smallestPage(), count * 3 / 4);
        }
        if (nanos < FAST_PAGE_NANOS) {
            return Math.min(options.largestPage(), count * 5 / 4 + 1);
        }
        return count;
    }
}
