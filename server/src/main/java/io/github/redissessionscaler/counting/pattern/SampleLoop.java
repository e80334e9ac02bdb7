package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Samples a database for all patterns that are estimated or not yet counted by a scan. */
final class SampleLoop extends BackgroundLoop {

    private final Database database;
    private final InstantSource clock;
    private final Estimates estimates;
    private final CountingCosts costs;
    private final ReadTurns turns = new ReadTurns();

    SampleLoop(
            Database database, PatternRegistry entries, InstantSource clock, Estimates estimates, CountingCosts costs) {
        super(entries, "sample", database.connection());
        this.database = database;
        this.clock = clock;
        this.estimates = estimates;
        this.costs = costs;
    }

    @Override
    boolean wanted() {
        return entries.any(PatternEntry::sampled);
    }

    @Override
    boolean awaited() {
        return entries.any(PatternEntry::lacksSample);
    }

    @Override
    void round() throws InterruptedException {
        List<KeyFilter> all;
        List<KeyFilter> filters;
        entries.lock.lock();
        try {
            List<PatternEntry> sampled = entries.all(PatternEntry::sampled);
            all = PatternRegistry.filters(sampled);
            filters = PatternRegistry.filters(turns.next(sampled, System.nanoTime()));
        } finally {
            entries.lock.unlock();
        }
        Estimates.SampleRound round = estimates.round(filters, all);
        costs.visited(database, Method.ESTIMATE, round.keys(), round.serverNanos());
        Instant now = clock.instant();
        entries.lock.lock();
        try {
            for (PatternEntry entry : entries.all()) {
                int index = filters.indexOf(entry.filter());
                if (entry.sampled() && index >= 0) {
                    entry.sampled(round.estimates().get(index), now);
                }
            }
            entries.learnCost(round.costs());
            succeeded(round.pauseNanos());
            if (awaited()) {
                restUntilNext();
            }
        } finally {
            entries.lock.unlock();
        }
    }

    /** Whether first estimates are in progress; they use half of the scans' share of the server's time. Thread-safe. */
    boolean hurries() {
        return estimates.hurries();
    }

    @Override
    void outdate() {
        Instant now = clock.instant();
        entries.all(PatternEntry::onlySampled).forEach(entry -> entry.forgetOld(now));
        entries.all(PatternEntry::scanned).forEach(entry -> entry.forgetOldEstimate(now));
    }
}
