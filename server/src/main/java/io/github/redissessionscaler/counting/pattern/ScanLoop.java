package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Scans a database for all patterns that are counted exactly, and chooses them before each scan.
 *
 * <p>A scan during which keys moved between primaries is discarded, because some keys may have been counted twice or not at
 * all. It is repeated; meanwhile the previous count is used, or an estimate once that is old.
 */
final class ScanLoop extends BackgroundLoop {

    /** Shortest pause before a scan that a change starts. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);

    /** The same if all patterns are estimated and a round only checks the number of keys. */
    private static final Duration REST_AFTER_LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final Keyspace keyspace;
    private final InstantSource clock;
    private final CountingOptions options;
    private final MethodChoice choice;
    private final CountingCosts costs;
    private final SampleLoop samples;
    private final Runnable whenScanned;
    private final ReadTurns turns = new ReadTurns();

    private @Nullable FullScan pass;
    private List<String> doubts = List.of();
    private long largestShard;
    private boolean hinted;
    private long restUntil = earliest();

    ScanLoop(
            Database database,
            Keyspace keyspace,
            PatternRegistry entries,
            InstantSource clock,
            CountingOptions options,
            CountingCosts costs,
            SampleLoop samples,
            Runnable whenScanned) {
        super(entries, "scan", database.connection());
        this.database = database;
        this.keyspace = keyspace;
        this.clock = clock;
        this.options = options;
        this.choice = new MethodChoice(options);
        this.costs = costs;
        this.samples = samples;
        this.whenScanned = whenScanned;
    }

    @Override
    Thread thread(String name, Runnable work) {
        return ScanThreads.SHARED.start(name, work);
    }

    /** Keys may have changed: the next scan starts as soon as the pause after the last one is over. */
    void invalidate() {
        if (!hinted) {
            hinted = true;
            entries.changed.signalAll();
        }
    }

    /** Starts estimating a new entry that the running scan does not count. */
    void admit(PatternEntry entry) {
        if (pass != null && entry.isNew()) {
            entry.choose(choice, largestShard, entries.costs());
            entry.missesScan();
        }
    }

    /** Progress of the running scan, if any. */
    Optional<ScanProgress> progress() {
        return Optional.ofNullable(pass).map(FullScan::progress);
    }

    /** Why the last full scan may be wrong, each a sentence for an operator. */
    List<String> doubts() {
        return doubts;
    }

    /** True for estimated patterns too: the number of keys may become small enough for scans. */
    @Override
    boolean wanted() {
        return !entries.all().isEmpty();
    }

    @Override
    boolean awaited() {
        return entries.any(PatternEntry::lacksScan);
    }

    @Override
    long due(long planned) {
        return hinted ? Math.max(earliest(), restUntil) : planned;
    }

    @Override
    void round() throws InterruptedException {
        long largest = keyspace.shards().stream().mapToLong(Shard::size).max().orElse(0);
        List<KeyFilter> filters;
        FullScan running;
        entries.lock.lock();
        try {
            largestShard = largest;
            hinted = false;
            entries.all().forEach(entry -> entry.choose(choice, largest, entries.costs()));
            if (samples.wanted()) {
                samples.start();
                entries.changed.signalAll();
            }
            filters = PatternRegistry.filters(turns.next(entries.all(PatternEntry::scanned), System.nanoTime()));
            if (filters.isEmpty()) {
                restUntil = System.nanoTime() + REST_AFTER_LOOK.toNanos();
                succeeded(options.refresh().toNanos());
                return;
            }
            boolean atOnce = largest <= MethodChoice.FEW_KEYS && awaited();
            running = new FullScan(
                    keyspace,
                    filters,
                    options,
                    this::share,
                    atOnce,
                    () -> isWanted(filters),
                    clock.instant(),
                    (keys, nanos) -> costs.visited(database, Method.EXACT, keys, nanos));
            pass = running;
        } finally {
            entries.lock.unlock();
        }
        Optional<FullScan.Result> result = run(running);
        entries.lock.lock();
        try {
            if (running.abandoned()) {
                succeeded(0);
            } else {
                result.ifPresentOrElse(whole -> scanned(filters, whole), this::disturbed);
            }
        } finally {
            entries.lock.unlock();
        }
        if (result.isPresent()) {
            whenScanned.run();
        }
    }

    /** Whether one of the filters is still in use, and counted by a scan. */
    private boolean isWanted(List<KeyFilter> filters) {
        entries.lock.lock();
        try {
            entries.forgetIdle();
            return entries.any(entry -> entry.scanned() && filters.contains(entry.filter()));
        } finally {
            entries.lock.unlock();
        }
    }

    /** Half of the share is left to first estimates while they are in progress. */
    private double share() {
        return samples.hurries() ? options.scanShare() / 2 : options.scanShare();
    }

    private Optional<FullScan.Result> run(FullScan running) throws InterruptedException {
        String outcome = Reason.OTHER.name();
        try {
            Optional<FullScan.Result> result = running.run();
            if (running.abandoned()) {
                outcome = CountingCosts.UNUSED;
            } else {
                outcome = result.isPresent() ? CountingCosts.OK : CountingCosts.MOVED;
            }
            return result;
        } catch (KeyspaceException e) {
            outcome = e.reason().name();
            throw e;
        } finally {
            costs.scanned(database, Duration.between(running.progress().since(), clock.instant()), outcome);
            entries.lock.lock();
            try {
                pass = null;
            } finally {
                entries.lock.unlock();
            }
        }
    }

    private void scanned(List<KeyFilter> filters, FullScan.Result result) {
        Instant now = clock.instant();
        for (PatternEntry entry : entries.all()) {
            int index = filters.indexOf(entry.filter());
            if (entry.scanned() && index >= 0) {
                entry.scanned(result.sums().get(index), now);
            } else if (entry.scanned()) {
                entry.waitsForTurn(now);
            }
        }
        doubts = result.doubts();
        entries.learnCost(result.costs());
        long rest = Math.max(result.restNanos(), SHORTEST_REST.toNanos());
        restUntil = System.nanoTime() + rest;
        if (turns.someWait()) {
            succeeded(Math.max(rest, untilNextTurn()));
            restUntil(restUntil);
            samples.start();
        } else {
            succeeded(options.refresh().toNanos());
        }
    }

    /** Until the pattern that has waited longest is due. */
    private long untilNextTurn() {
        OptionalLong longest = turns.longestWaiting(entries.all(PatternEntry::scanned));
        return longest.isPresent() ? longest.getAsLong() + options.refresh().toNanos() - System.nanoTime() : 0;
    }

    @Override
    void outdate() {
        Instant now = clock.instant();
        entries.all().forEach(entry -> entry.forgetOld(now));
    }

    private void disturbed() {
        Instant now = clock.instant();
        entries.all().stream().filter(PatternEntry::scanned).forEach(entry -> entry.scanDelayed(now));
        if (samples.failure() != null) {
            outdate();
        }
        retry();
    }
}
