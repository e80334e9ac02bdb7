package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the keys of one database by pattern, in the background while patterns are in use.
 *
 * <p>Uses at most two threads: {@link ScanLoop} and {@link SampleLoop}. Both end when no pattern is in use. Thread-safe.
 */
public final class PatternCounts implements AutoCloseable {

    private static final String IDLE_TIMES_RESET =
            "another trigger counts keys of this database with hasField, minSize or elements, which Redis takes for"
                    + " uses of these keys, so they may all seem to be in use: add sessionTtl to activeWithin";

    private final Object backend;
    private final CountingOptions options;
    private final PatternRegistry entries;
    private final SampleLoop samples;
    private final ScanLoop scans;

    public PatternCounts(
            Database database,
            Object backend,
            Keyspace keyspace,
            InstantSource clock,
            CountingOptions options,
            IntSupplier limit,
            PatternBudget budget,
            CountingCosts costs,
            Runnable whenScanned) {
        this.backend = backend;
        this.options = options;
        entries = new PatternRegistry(clock, options.idle(), limit, budget);
        var estimates = new Estimates(
                keyspace, clock, System::nanoTime, options.sampleShare(), options.scanShare() / 2, budget);
        samples = new SampleLoop(database, entries, clock, estimates, costs);
        scans = new ScanLoop(database, keyspace, entries, clock, options, costs, samples, whenScanned);
    }

    /** Identifies the servers that are counted. */
    public Object backend() {
        return backend;
    }

    /**
     * The latest count; waits for the first one.
     *
     * @param until when, as {@link System#nanoTime}
     * @throws KeyspaceException NOT_COUNTED if there is none in time
     * @throws LimitReachedException if the limit on patterns is reached
     */
    public Count count(MatchingKeys query, long until) {
        return count(query, PatternEntry::best, until - System.nanoTime());
    }

    /**
     * The latest count by the chosen method; waits for as long as the first one takes.
     *
     * @throws LimitReachedException if the limit on patterns is reached
     */
    public Count completeCount(MatchingKeys query) {
        return count(query, PatternEntry::asChosen, Long.MAX_VALUE);
    }

    private interface Choice {
        @Nullable
        Count of(PatternEntry entry);
    }

    /** Waits for a count, and keeps the entry from being removed as unused. */
    private Count count(MatchingKeys query, Choice choice, long longestNanos) {
        entries.lock.lock();
        try {
            PatternEntry entry = entries.ask(query);
            if (!entries.closed()) {
                begin(entry);
            }
            long left = longestNanos;
            while (true) {
                entries.askAgain(entry);
                if (entries.closed()) {
                    throw new KeyspaceException(Reason.OTHER, "the scaler shuts down");
                }
                KeyspaceException failure = failure(entry);
                if (failure != null) {
                    throw new KeyspaceException(failure.reason(), String.valueOf(failure.getMessage()), failure);
                }
                Count chosen = choice.of(entry);
                if (chosen != null) {
                    return chosen;
                }
                if (left <= 0) {
                    throw unfinished(query);
                }
                long turn = Math.min(left, options.idle().toNanos() / 2);
                left -= turn - entries.changed.awaitNanos(turn);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unfinished(query);
        } finally {
            entries.lock.unlock();
        }
    }

    /**
     * Starts counting the query in the background. Does not block.
     *
     * @throws LimitReachedException if the limit on patterns is reached
     */
    public void begin(MatchingKeys query) {
        entries.lock.lock();
        try {
            PatternEntry entry = entries.ask(query);
            if (!entries.closed()) {
                begin(entry);
            }
        } finally {
            entries.lock.unlock();
        }
    }

    /** Starts the loop for the entry, also if it has ended unexpectedly. */
    private void begin(PatternEntry entry) {
        boolean isNew = entry.isNew();
        scans.start();
        scans.admit(entry);
        if (samples.wanted()) {
            samples.start();
        }
        if (isNew) {
            entries.changed.signalAll();
        }
    }

    /** A trigger of this namespace uses the query; namespaces take turns where not all patterns can be counted together. */
    public void usedBy(MatchingKeys query, String namespace) {
        entries.lock.lock();
        try {
            entries.find(query).ifPresent(entry -> entry.usedBy(namespace));
        } finally {
            entries.lock.unlock();
        }
    }

    /**
     * Redis is available. A round that failed because it was not is repeated now, and earlier counts stay valid unless they
     * are old. Does not block.
     */
    public void available() {
        entries.lock.lock();
        try {
            scans.available();
            samples.available();
        } finally {
            entries.lock.unlock();
        }
    }

    /** Keys may have changed: the next scan starts as soon as the pause after the last one is over. Does not block. */
    public void invalidate() {
        entries.lock.lock();
        try {
            scans.invalidate();
        } finally {
            entries.lock.unlock();
        }
    }

    /** Why the latest count of the query may be wrong, each a sentence for an operator. Does not block. */
    public List<String> doubts(MatchingKeys query) {
        entries.lock.lock();
        try {
            return entries.find(query)
                    .map(entry -> Stream.concat(
                                    (entry.counted() ? scans.doubts() : entry.doubts()).stream(),
                                    entry.readsIdleTimes() && entries.any(PatternEntry::resetsIdleTimes)
                                            ? Stream.of(IDLE_TIMES_RESET)
                                            : Stream.empty())
                            .toList())
                    .orElse(List.of());
        } finally {
            entries.lock.unlock();
        }
    }

    /** Progress of the running scan, if any. */
    public Optional<ScanProgress> progress() {
        entries.lock.lock();
        try {
            return scans.progress();
        } finally {
            entries.lock.unlock();
        }
    }

    public boolean closed() {
        entries.lock.lock();
        try {
            return entries.closed();
        } finally {
            entries.lock.unlock();
        }
    }

    /** Stops the threads, and fails the calls that wait. */
    @Override
    public void close() {
        entries.lock.lock();
        try {
            entries.close();
            scans.interrupt();
            samples.interrupt();
        } finally {
            entries.lock.unlock();
        }
    }

    /**
     * Why the entry has no current count: the failure of the last round that serves it. After an outage, the earlier count is
     * current again as soon as the next scan makes progress; after a scan that Redis itself failed, only once a scan succeeds.
     */
    private @Nullable KeyspaceException failure(PatternEntry entry) {
        if (entry.refusal() != null) {
            return entry.refusal();
        }
        if (entry.onlySampled()) {
            return samples.failure();
        }
        KeyspaceException failure = scans.failure();
        boolean recovering = failure != null
                && !failure.reason().redisAvailable()
                && entry.best() != null
                && scans.progress().filter(progress -> progress.keysSeen() > 0).isPresent();
        return recovering ? null : failure;
    }

    private KeyspaceException unfinished(MatchingKeys query) {
        String progress = scans.progress()
                .map(now -> "; %d of about %d keys visited".formatted(now.keysSeen(), now.keysExpected()))
                .orElse("");
        return new KeyspaceException(
                Reason.NOT_COUNTED,
                "the first count of the keys " + Printable.of(String.join(" ", query.patterns()))
                        + " is not finished yet" + progress);
    }
}
