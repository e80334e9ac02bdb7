package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * One full scan of a database, for any number of filters together; each key counts once. It visits all primaries in
 * parallel, and throttles each separately.
 *
 * <p>SCAN repeats keys only when a hash table shrinks, and then only keys of the current bucket, which it returned shortly
 * before (docs/counting.md). So only {@link #WINDOW} matching keys are kept.
 *
 * <p>For one run; {@link #progress} is thread-safe.
 */
final class FullScan {

    /** Enough for a table that shrinks to a thousandth; at 32 bytes each, 128 KiB per primary. */
    static final int WINDOW = 1 << 12;

    /** The cursor of the first request, and of the last reply. */
    private static final String LAST = "0";

    /** Pages that may follow one another without a pause: several times as many as few keys need. */
    private static final int PAGES_AT_ONCE = 512;

    /** Longest time that one page may block the server for other clients. */
    private static final long SLOW_PAGE_NANOS = 500_000;

    private static final long FAST_PAGE_NANOS = 250_000;

    /**
     * The result.
     *
     * @param sums by filter
     * @param costs per visited key; 0 if there were none
     * @param restNanos remaining pause for the cost of the last pages
     * @param doubts contradictions between SCAN and DBSIZE, each a sentence for an operator
     */
    record Result(List<MatchSum> sums, KeyCosts costs, long restNanos, List<String> doubts) {}

    /** Called for each page with its number of keys and its server time. Called from several threads. */
    interface Visited {
        void add(long keys, long serverNanos);
    }

    private record ShardResult(
            List<MatchSum> sums, long serverNanos, long readNanos, long keys, long restNanos, Optional<String> doubt) {}

    private final Keyspace keyspace;
    private final List<KeyFilter> filters;
    private final CountingOptions options;
    private final DoubleSupplier share;
    private final boolean atOnce;
    private final BooleanSupplier wanted;
    private final Instant since;
    private final Visited visited;
    private final AtomicLong keysSeen = new AtomicLong();
    private volatile long keysExpected;
    private volatile boolean abandoned;

    /**
     * A scan that is not started.
     *
     * @param share current limit on the share of each server's time; read before each pause
     * @param atOnce whether the first pages follow one another without a pause: for few keys that somebody waits for. The
     *     servers rest after it as long as they would have in between
     * @param wanted whether somebody still needs the counts; read before each page, by several threads
     */
    FullScan(
            Keyspace keyspace,
            List<KeyFilter> filters,
            CountingOptions options,
            DoubleSupplier share,
            boolean atOnce,
            BooleanSupplier wanted,
            Instant since,
            Visited visited) {
        this.keyspace = keyspace;
        this.filters = List.copyOf(filters);
        this.options = options;
        this.share = share;
        this.atOnce = atOnce;
        this.wanted = wanted;
        this.since = since;
        this.visited = visited;
    }

    ScanProgress progress() {
        return new ScanProgress(keysSeen.get(), keysExpected, since);
    }

    /** Whether it ended early because nobody needs its counts any more. */
    boolean abandoned() {
        return abandoned;
    }

    /**
     * Runs the scan. Empty if it was abandoned, or if keys may have moved between primaries during it, so that some were
     * counted twice or not at all.
     *
     * @throws InterruptedException if the loop is stopped
     */
    Optional<Result> run() throws InterruptedException {
        Optional<String> before = keyspace.placement();
        if (before.isEmpty()) {
            return Optional.empty();
        }
        keysExpected = keyspace.size();
        List<Optional<ShardResult>> results = InParallel.map(keyspace.shards(), this::scan);
        return !abandoned && before.equals(keyspace.placement())
                ? Optional.of(sum(results.stream().flatMap(Optional::stream).toList()))
                : Optional.empty();
    }

    private Result sum(List<ShardResult> results) {
        List<MatchSum> sums = new ArrayList<>(Collections.nCopies(filters.size(), MatchSum.NONE));
        long serverNanos = 0;
        long readNanos = 0;
        long keys = 0;
        long restNanos = 0;
        for (ShardResult result : results) {
            for (int i = 0; i < sums.size(); i++) {
                sums.set(i, sums.get(i).plus(result.sums().get(i)));
            }
            serverNanos += result.serverNanos();
            readNanos += result.readNanos();
            keys += result.keys();
            restNanos = Math.max(restNanos, result.restNanos());
        }
        return new Result(
                List.copyOf(sums),
                KeyCosts.measured(serverNanos, readNanos, keys),
                restNanos,
                results.stream().flatMap(result -> result.doubt().stream()).toList());
    }

    /** Empty if it was abandoned. */
    private Optional<ShardResult> scan(Shard shard) throws InterruptedException {
        var timed = new TimedShard(shard, RoundTrip.to(shard, System::nanoTime), System::nanoTime);
        var throttle = new ServerThrottle(share, System.nanoTime());
        var tally = new MatchCounter(timed, filters);
        var recent = new RecentKeys(WINDOW);
        var distinct = new DistinctKeys();
        long sizeBefore = shard.size();
        var end = new ScanEnd(shard, sizeBefore, distinct::count, System::nanoTime);
        int count = options.smallestPage();
        long serverNanos = 0;
        long keys = 0;
        int withoutPause = atOnce ? PAGES_AT_ONCE : 0;
        String cursor = LAST;
        do {
            rest(withoutPause > 0 ? 0 : throttle.pause(System.nanoTime()));
            withoutPause--;
            if (abandoned || !wanted.getAsBoolean()) {
                abandoned = true;
                return Optional.empty();
            }
            ScanPage page = timed.scan(List.of(cursor), count).getFirst();
            long[] fingerprints = fingerprints(page.keys());
            tally.add(page.keys(), at -> recent.add(fingerprints[at]));
            for (long fingerprint : fingerprints) {
                distinct.add(fingerprint);
            }
            long lastPage = timed.takeServerNanos();
            serverNanos += lastPage;
            throttle.spent(lastPage, System.nanoTime());
            keys += page.keys().size();
            keysSeen.addAndGet(page.keys().size());
            visited.add(page.keys().size(), lastPage);
            cursor = page.cursor();
            if (!cursor.equals(LAST)) {
                end.check(cursor, page.keys().size());
            }
            count = nextCount(count, lastPage);
        } while (!cursor.equals(LAST));
        return Optional.of(new ShardResult(
                tally.sums(),
                serverNanos,
                timed.readNanos(),
                keys,
                throttle.pause(System.nanoTime()),
                ScanCoverage.doubt(shard.name(), distinct.count(), sizeBefore, shard.size())));
    }

    private static void rest(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    private static long[] fingerprints(List<byte[]> keys) {
        long[] fingerprints = new long[keys.size()];
        for (int at = 0; at < fingerprints.length; at++) {
            fingerprints[at] = RecentKeys.fingerprint(keys.get(at));
        }
        return fingerprints;
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
