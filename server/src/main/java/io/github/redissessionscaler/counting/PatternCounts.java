package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import io.github.redissessionscaler.problem.LimitReachedException;
import io.github.redissessionscaler.problem.Quoted;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Counts the keys of one database by pattern, in the background while somebody asks.
 *
 * <p>Two threads at most: one scans, once for all queries that are counted exactly; one samples, once for all that are
 * estimated, and for those whose first scan has not ended. Both end when nobody asks any more. Thread-safe.
 */
final class PatternCounts implements AutoCloseable {

    /** How soon a read that failed is tried again. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Samples are taken no more often than this. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

    /** What hints start scans no more often than. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);

    /** What is taken for a key's cost until it was measured. */
    private static final double USUAL_NANOS_PER_KEY = 2_000;

    /** How much of a new measurement goes into the cost. */
    private static final double LEARNING = 0.2;

    /** What is known for one query. Guarded by the lock. */
    private static final class Entry {
        final KeyFilter filter;
        final Accuracy accuracy;
        final CalmEstimate calm = new CalmEstimate();
        Instant asked;
        boolean fewKeys;

        @Nullable
        Method method;

        @Nullable
        Count exact;

        @Nullable
        Count estimate;

        Entry(MatchingKeys query, Instant asked) {
            this.filter = KeyFilter.of(query);
            this.accuracy = query.accuracy();
            this.asked = asked;
        }

        boolean scanned() {
            return method == Method.EXACT;
        }

        boolean lacksScan() {
            return method == null || (scanned() && exact == null);
        }

        /** Until the first scan has ended, an estimate is better than nothing; a scan of few keys ends at once. */
        boolean sampled() {
            return method == Method.ESTIMATE || (scanned() && exact == null && !fewKeys);
        }

        @Nullable
        Count asChosen() {
            return method == null ? null : scanned() ? exact : estimate;
        }

        @Nullable
        Count best() {
            Count first = scanned() ? exact : estimate;
            Count second = scanned() ? estimate : exact;
            return first != null ? first : second;
        }
    }

    private interface Choice {
        @Nullable
        Count of(Entry entry);
    }

    private final Database database;
    private final Keyspace keyspace;
    private final InstantSource clock;
    private final CountingOptions options;
    private final IntSupplier limit;
    private final MethodChoice choice;
    private final Estimates estimates;
    private final CountingCosts costs;
    private final Runnable whenScanned;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All guarded by the lock.
    private final Map<MatchingKeys, Entry> entries = new LinkedHashMap<>();
    private @Nullable Thread scanning;
    private @Nullable Thread sampling;
    private @Nullable Pass pass;
    private @Nullable KeyspaceException scanFailure;
    private @Nullable KeyspaceException sampleFailure;
    private double serverNanosPerKey = USUAL_NANOS_PER_KEY;
    private long earliestScan = System.nanoTime();
    private long nextScan = earliestScan;
    private long restUntil = earliestScan;
    private boolean hinted;
    private long nextSample = earliestScan;
    private boolean closed;

    PatternCounts(
            Database database,
            Keyspace keyspace,
            InstantSource clock,
            CountingOptions options,
            IntSupplier limit,
            RandomGenerator random,
            CountingCosts costs,
            Runnable whenScanned) {
        this.database = database;
        this.costs = costs;
        this.whenScanned = whenScanned;
        this.keyspace = keyspace;
        this.clock = clock;
        this.options = options;
        this.limit = limit;
        this.choice = new MethodChoice(options);
        this.estimates = new Estimates(keyspace, clock, random, options.sampleShare());
    }

    /**
     * The latest count; the first one is waited for.
     *
     * @throws LimitReachedException if there is no room for the pattern
     */
    Count count(MatchingKeys query) {
        return count(query, Entry::best, options.firstCount().toNanos());
    }

    /**
     * The latest count by the method that suits the query; the first one is waited for to its end.
     *
     * @throws LimitReachedException if there is no room for the pattern
     */
    Count countToTheEnd(MatchingKeys query) {
        return count(query, Entry::asChosen, Long.MAX_VALUE);
    }

    /** Asks again and again while it waits, so that the pattern is not taken for one that nobody asks about. */
    private Count count(MatchingKeys query, Choice choice, long longestNanos) {
        lock.lock();
        try {
            Entry entry = entryOf(query);
            if (entry.method == null && !closed) {
                startScanning();
            }
            long left = longestNanos;
            while (true) {
                entry.asked = clock.instant();
                if (closed) {
                    throw new KeyspaceException(Reason.OTHER, "counting has ended: the scaler shuts down");
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
                left -= turn - changed.awaitNanos(turn);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unfinished(query);
        } finally {
            lock.unlock();
        }
    }

    private Entry entryOf(MatchingKeys query) {
        Entry known = entries.get(query);
        if (known != null) {
            return known;
        }
        forgetIdle();
        int most = limit.getAsInt();
        if (entries.size() >= most) {
            throw new LimitReachedException("the scaler counts " + most + " patterns in this database already, which is"
                    + " its PATTERN_LIMIT; one that nobody asks about makes room after "
                    + options.idle().toMinutes() + " minutes");
        }
        Entry entry = new Entry(query, clock.instant());
        entries.put(query, entry);
        return entry;
    }

    /** Something may have changed: the next scan starts as soon as the last one's rest is over. Returns at once. */
    void hint() {
        lock.lock();
        try {
            if (!hinted) {
                hinted = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How far the running scan is, if one runs. */
    Optional<ScanProgress> progress() {
        lock.lock();
        try {
            return Optional.ofNullable(pass).map(Pass::progress);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads, and the requests that wait. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (scanning != null) {
                scanning.interrupt();
            }
            if (sampling != null) {
                sampling.interrupt();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Why the entry has no count of now: the last round that serves it failed, and no later one has got further. */
    private @Nullable KeyspaceException failure(Entry entry) {
        if (entry.method == Method.ESTIMATE) {
            return sampleFailure;
        }
        boolean recovering = pass != null && pass.progress().keysSeen() > 0 && entry.best() != null;
        return recovering ? null : scanFailure;
    }

    private KeyspaceException unfinished(MatchingKeys query) {
        String progress = pass == null
                ? ""
                : "; %d of about %d keys have been visited"
                        .formatted(pass.progress().keysSeen(), pass.progress().keysExpected());
        return new KeyspaceException(
                Reason.TIMEOUT,
                "the first count of the keys " + Quoted.of(query.pattern()) + " has not ended yet" + progress);
    }

    private void startScanning() {
        if (scanning == null) {
            scanning = Thread.ofVirtual().name("scan " + database.connection()).start(this::scanWhileAsked);
        }
        changed.signalAll();
    }

    private void startSampling() {
        if (sampling == null) {
            sampling =
                    Thread.ofVirtual().name("sample " + database.connection()).start(this::sampleWhileAsked);
        }
        changed.signalAll();
    }

    private void scanWhileAsked() {
        try {
            while (awaitScan()) {
                try {
                    scan();
                } catch (KeyspaceException e) {
                    scanFailed(e);
                } catch (RuntimeException e) {
                    scanFailed(new KeyspaceException(Reason.OTHER, "counting failed: " + e, e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next scan to be due; returns false, with the thread signed off, when nobody asks any more. */
    private boolean awaitScan() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                forgetIdle();
                if (closed || entries.isEmpty()) {
                    scanning = null;
                    return false;
                }
                boolean waitedFor = entries.values().stream().anyMatch(Entry::lacksScan);
                long due = waitedFor ? earliestScan : hinted ? Math.max(earliestScan, restUntil) : nextScan;
                long left = due - System.nanoTime();
                if (left <= 0) {
                    hinted = false;
                    return true;
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void scan() throws InterruptedException {
        long largest = keyspace.shards().stream().mapToLong(Shard::size).max().orElse(0);
        Pass running;
        List<KeyFilter> filters;
        lock.lock();
        try {
            entries.values().forEach(entry -> chooseMethod(entry, largest));
            if (entries.values().stream().anyMatch(Entry::sampled)) {
                startSampling();
            }
            filters = entries.values().stream()
                    .filter(Entry::scanned)
                    .map(entry -> entry.filter)
                    .distinct()
                    .toList();
            if (filters.isEmpty()) {
                scanFailure = null;
                nextScan = System.nanoTime() + options.refresh().toNanos();
                return;
            }
            running = new Pass(
                    keyspace,
                    filters,
                    options,
                    clock.instant(),
                    (keys, nanos) -> costs.visited(database, Method.EXACT, keys, nanos));
            pass = running;
        } finally {
            lock.unlock();
        }
        Pass.Result result;
        try {
            result = running.run();
            costs.scanned(database, took(running), Optional.empty());
        } catch (KeyspaceException e) {
            costs.scanned(database, took(running), Optional.of(e.reason()));
            throw e;
        } finally {
            lock.lock();
            try {
                pass = null;
            } finally {
                lock.unlock();
            }
        }
        scanned(filters, result);
    }

    private Duration took(Pass ended) {
        return Duration.between(ended.progress().since(), clock.instant());
    }

    private void chooseMethod(Entry entry, long largest) {
        Method before = entry.method;
        Accuracy accuracy = entry.accuracy;
        entry.fewKeys = largest <= MethodChoice.FEW_KEYS;
        entry.method = before == null
                ? choice.choose(accuracy, largest, serverNanosPerKey)
                : choice.choose(accuracy, largest, serverNanosPerKey, before);
        if (before != null && before != entry.method) {
            if (entry.method == Method.EXACT) {
                entry.exact = null;
            } else {
                entry.estimate = null;
            }
        }
    }

    private void scanned(List<KeyFilter> filters, Pass.Result result) {
        Instant now = clock.instant();
        lock.lock();
        try {
            for (Entry entry : entries.values()) {
                int index = filters.indexOf(entry.filter);
                if (entry.scanned() && index >= 0) {
                    entry.exact =
                            Count.exact((double) result.counts().get(index).longValue(), now);
                }
            }
            learn(result.serverNanosPerKey());
            scanFailure = null;
            nextScan = System.nanoTime() + options.refresh().toNanos();
            restUntil = System.nanoTime() + Math.max(result.restNanos(), SHORTEST_REST.toNanos());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        whenScanned.run();
    }

    private void scanFailed(KeyspaceException failure) {
        lock.lock();
        try {
            scanFailure = failure;
            earliestScan = System.nanoTime() + RETRY.toNanos();
            nextScan = earliestScan;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void sampleWhileAsked() {
        try {
            while (true) {
                List<KeyFilter> filters = awaitSampling();
                if (filters.isEmpty()) {
                    return;
                }
                try {
                    sampled(filters, estimates.round(filters));
                } catch (KeyspaceException e) {
                    sampleFailed(e);
                } catch (RuntimeException e) {
                    sampleFailed(new KeyspaceException(Reason.OTHER, "sampling failed: " + e, e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next samples to be due; returns none, with the thread signed off, when there is nothing to sample. */
    private List<KeyFilter> awaitSampling() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                forgetIdle();
                List<Entry> sampled =
                        entries.values().stream().filter(Entry::sampled).toList();
                if (closed || sampled.isEmpty()) {
                    sampling = null;
                    return List.of();
                }
                boolean waitedFor = sampleFailure == null && sampled.stream().anyMatch(entry -> entry.estimate == null);
                long left = waitedFor ? 0 : nextSample - System.nanoTime();
                if (left <= 0) {
                    return sampled.stream()
                            .map(entry -> entry.filter)
                            .distinct()
                            .toList();
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void sampled(List<KeyFilter> filters, Estimates.Round round) {
        costs.visited(database, Method.ESTIMATE, round.keys(), round.serverNanos());
        Instant now = clock.instant();
        lock.lock();
        try {
            for (Entry entry : entries.values()) {
                int index = filters.indexOf(entry.filter);
                if (entry.sampled() && index >= 0) {
                    Estimates.Estimate estimate = round.estimates().get(index);
                    entry.estimate = entry.calm.update(estimate.value(), estimate.standardError(), now);
                }
            }
            learn(round.serverNanosPerKey());
            sampleFailure = null;
            nextSample = System.nanoTime() + Math.max(round.pauseNanos(), SHORTEST_PAUSE.toNanos());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void sampleFailed(KeyspaceException failure) {
        lock.lock();
        try {
            sampleFailure = failure;
            nextSample = System.nanoTime() + RETRY.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forgetIdle() {
        Instant oldest = clock.instant().minus(options.idle());
        entries.values().removeIf(entry -> entry.asked.isBefore(oldest));
    }

    private void learn(double measured) {
        if (measured > 0) {
            serverNanosPerKey += LEARNING * (measured - serverNanosPerKey);
        }
    }
}
