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
import org.jspecify.annotations.Nullable;

/**
 * Scans a database, once for all patterns that are counted exactly, and chooses before each scan which ones are.
 *
 * <p>A scan during which keys moved from one primary to another counts for nothing: some may have been met on both or on
 * neither. It is repeated, and what was counted before stands, or an estimate once that is old.
 */
final class ScanLoop extends BackgroundLoop {

    /** What hints start scans no more often than. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);

    /** The same where all patterns are estimated, and a round only looks whether the keys have become few. */
    private static final Duration REST_AFTER_LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final Keyspace keyspace;
    private final InstantSource clock;
    private final CountingOptions options;
    private final MethodChoice choice;
    private final CountingCosts costs;
    private final SampleLoop samples;
    private final Runnable whenScanned;

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

    /** Something may have changed: the next scan starts as soon as the last one's rest is over. */
    void hint() {
        if (!hinted) {
            hinted = true;
            entries.changed.signalAll();
        }
    }

    /** Has a new entry estimated while a scan runs that does not count it. */
    void admit(PatternEntry entry) {
        if (pass != null && entry.isNew()) {
            entry.choose(choice, largestShard, entries.serverNanosPerKey());
            entry.missesScan();
        }
    }

    /** How far the running scan is, if one runs. */
    Optional<ScanProgress> progress() {
        return Optional.ofNullable(pass).map(FullScan::progress);
    }

    /** What made the last whole scan doubtful, each a sentence for an operator. */
    List<String> doubts() {
        return doubts;
    }

    /** Patterns that are estimated want scans too: their number of keys may become one that is scanned. */
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
            entries.all().forEach(entry -> entry.choose(choice, largest, entries.serverNanosPerKey()));
            if (samples.wanted()) {
                samples.start();
                entries.changed.signalAll();
            }
            filters = entries.filters(PatternEntry::scanned);
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
                    clock.instant(),
                    (keys, nanos) -> costs.visited(database, Method.EXACT, keys, nanos));
            pass = running;
        } finally {
            entries.lock.unlock();
        }
        Optional<FullScan.Result> result = run(running);
        entries.lock.lock();
        try {
            result.ifPresentOrElse(whole -> scanned(filters, whole), this::disturbed);
        } finally {
            entries.lock.unlock();
        }
        if (result.isPresent()) {
            whenScanned.run();
        }
    }

    /** While first estimates are made, they take half of what a scan may take. */
    private double share() {
        return samples.hurries() ? options.scanShare() / 2 : options.scanShare();
    }

    private Optional<FullScan.Result> run(FullScan running) throws InterruptedException {
        String outcome = Reason.OTHER.name();
        try {
            Optional<FullScan.Result> result = running.run();
            outcome = result.isPresent() ? CountingCosts.OK : CountingCosts.MOVED;
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
                entry.scanned(result.counts().get(index), now);
            }
        }
        doubts = result.doubts();
        entries.learnCost(result.serverNanosPerKey());
        restUntil = System.nanoTime() + Math.max(result.restNanos(), SHORTEST_REST.toNanos());
        succeeded(options.refresh().toNanos());
    }

    @Override
    void outdate() {
        Instant now = clock.instant();
        entries.all().forEach(entry -> entry.forgetOld(now));
    }

    private void disturbed() {
        Instant now = clock.instant();
        entries.all().stream().filter(PatternEntry::scanned).forEach(entry -> entry.scanDelayed(now));
        retry();
    }
}
