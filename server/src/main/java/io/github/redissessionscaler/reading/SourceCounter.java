package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.ElementCount;
import io.github.redissessionscaler.counting.ScoredMembers;
import io.github.redissessionscaler.counting.ServerClock;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.PatternBudget;
import io.github.redissessionscaler.counting.pattern.PatternCounts;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.keyspace.AllFailures;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Counts the sessions of a trigger's source.
 *
 * <p>Thread-safe; {@link #count} blocks. Numbers that Redis maintains are read when requested, with one command once the
 * key's type and the server's clock are known. Keys that match a pattern are counted in the background, for all callers
 * together, while the pattern is in use.
 */
public final class SourceCounter implements AutoCloseable {

    /** More than a scaler uses; for an evicted key, its type is read again. */
    private static final int KEYS_REMEMBERED = 20_000;

    /** Cached types and clocks are valid for one backend only. */
    private record KeyId(Database database, Object backend, String name) {}

    private final Keyspaces keyspaces;
    private final InstantSource clock;
    private final CountingOptions options;
    private final IntSupplier patternLimit;
    private final CountingCosts costs;
    private final ScanEvents scanEvents;
    private final LeastRecentlyUsed<KeyId, ElementCount> elements = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final LeastRecentlyUsed<KeyId, ScoredMembers> scoredMembers = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final LeastRecentlyUsed<KeyId, ServerClock> serverClocks = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final ConcurrentMap<Database, PatternCounts> patternCounts = new ConcurrentHashMap<>();
    private final PatternBudget patternBudget = new PatternBudget();
    private volatile boolean closed;

    /** A counter with {@link CountingOptions#DEFAULT}. */
    public SourceCounter(Keyspaces keyspaces, InstantSource clock) {
        this(
                keyspaces,
                clock,
                CountingOptions.DEFAULT,
                () -> CountingOptions.PATTERNS,
                CountingCosts.NONE,
                new ScanEvents());
    }

    /**
     * A counter; sends nothing to Redis yet.
     *
     * @param clock one that does not jump
     * @param patternLimit how many patterns are counted in one database at a time
     * @param costs records the cost of counting by pattern
     * @param scanEvents receives the database of each scan that has ended
     */
    public SourceCounter(
            Keyspaces keyspaces,
            InstantSource clock,
            CountingOptions options,
            IntSupplier patternLimit,
            CountingCosts costs,
            ScanEvents scanEvents) {
        this.scanEvents = scanEvents;
        this.patternLimit = patternLimit;
        this.keyspaces = keyspaces;
        this.clock = clock;
        this.options = options;
        this.costs = costs;
    }

    /**
     * The count now. Waits for the first count by pattern, but no longer than the whole read may take, so that callers learn in
     * time that it is not finished.
     *
     * @throws KeyspaceException if the read fails, or the key is not countable
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws io.github.redissessionscaler.input.LimitReachedException if too many patterns are counted already
     */
    public Count count(Source source) {
        return count(source, System.nanoTime() + options.firstCount().toNanos());
    }

    /** As {@link #count}, but does not wait for the first count by pattern. */
    Count countSoFar(Source source) {
        return count(source, System.nanoTime());
    }

    private Count count(Source source, long until) {
        Database database = keyspaces.canonical(source.database());
        Keyspace keyspace = keyspaces.of(database);
        return switch (source.query()) {
            case CountQuery.SumOf _ -> Count.sum(AllFailures.map(source.parts(), part -> count(part, until)));
            case CountQuery.AllKeys() -> index((double) keyspace.size());
            case CountQuery.ExpiringKeys() -> index(expiringKeys(keyspace));
            case CountQuery.Elements(String key) ->
                index(elements.computeIfAbsent(key(database, key), _ -> new ElementCount(keyspace, key))
                        .count());
            case CountQuery.RecentMembers recent ->
                index((double) scoredMembers(database, keyspace, recent.key()).within(recent.within()));
            case CountQuery.UnexpiredMembers(String key) ->
                index((double) scoredMembers(database, keyspace, key).unexpired());
            case CountQuery.MatchingKeys matching ->
                ofPattern(database, keyspace, counts -> {
                    counts.begin(matching);
                    // A cached count does not show that every primary is available.
                    keyspace.size();
                    counts.available();
                    return counts.count(matching, until);
                });
        };
    }

    /**
     * The count with the requested accuracy. Waits for as long as it takes: never returns an estimate in place of the first
     * scan.
     *
     * @throws KeyspaceException if the read fails, or the key is not countable
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     */
    public Count completeCount(Source source) {
        if (source.query() instanceof CountQuery.SumOf) {
            return Count.sum(AllFailures.map(source.parts(), this::completeCount));
        }
        return source.query() instanceof CountQuery.MatchingKeys matching
                ? ofPattern(
                        keyspaces.canonical(source.database()),
                        keyspaces.of(source.database()),
                        counts -> counts.completeCount(matching))
                : count(source);
    }

    /**
     * Why the latest count may be wrong, each reason a sentence for an operator. Sends nothing to Redis; does not block.
     */
    public List<String> doubts(Source source) {
        if (source.query() instanceof CountQuery.SumOf) {
            return source.parts().stream()
                    .flatMap(part -> doubts(part).stream())
                    .distinct()
                    .toList();
        }
        return source.query() instanceof CountQuery.MatchingKeys matching
                ? Optional.ofNullable(patternCounts.get(keyspaces.canonical(source.database())))
                        .map(counts -> counts.doubts(matching))
                        .orElse(List.of())
                : List.of();
    }

    /** A trigger of this namespace counts the source. Sends nothing to Redis; does not block. */
    void usedBy(Source source, String namespace) {
        for (Source part : source.parts()) {
            if (part.query() instanceof CountQuery.MatchingKeys matching) {
                PatternCounts counts = patternCounts.get(keyspaces.canonical(part.database()));
                if (counts != null) {
                    counts.usedBy(matching, namespace);
                }
            }
        }
    }

    /** Marks the background counts of the database as out of date. Does not block. */
    public void invalidate(Database database) {
        PatternCounts counts = patternCounts.get(keyspaces.canonical(database));
        if (counts != null) {
            counts.invalidate();
        }
    }

    /** Progress of the running scan of a database, if any. */
    public Optional<ScanProgress> progress(Database database) {
        return Optional.ofNullable(patternCounts.get(keyspaces.canonical(database)))
                .flatMap(PatternCounts::progress);
    }

    /** Progress of the running scans by database. */
    public Map<Database, ScanProgress> scans() {
        Map<Database, ScanProgress> scans = new HashMap<>();
        patternCounts.forEach(
                (database, counts) -> counts.progress().ifPresent(progress -> scans.put(database, progress)));
        return scans;
    }

    /** Stops background counting and fails the requests that wait for it. */
    @Override
    public void close() {
        closed = true;
        patternCounts.values().forEach(PatternCounts::close);
    }

    private Count ofPattern(Database database, Keyspace keyspace, Function<PatternCounts, Count> count) {
        while (true) {
            PatternCounts counts = patternCounts(database, keyspace);
            try {
                return count.apply(counts);
            } catch (KeyspaceException e) {
                if (closed || !counts.closed()) {
                    throw e;
                }
                // The connection now points to other servers; count those.
            }
        }
    }

    /** The background counts of this backend. Those of a previous backend are closed. */
    private PatternCounts patternCounts(Database database, Keyspace keyspace) {
        Object backend = keyspaces.backend(database);
        PatternCounts counts = patternCounts.compute(database, (_, known) -> {
            if (known != null && known.backend().equals(backend)) {
                return known;
            }
            if (known != null) {
                known.close();
            }
            return new PatternCounts(
                    database,
                    backend,
                    keyspace,
                    clock,
                    options,
                    patternLimit,
                    patternBudget,
                    costs,
                    () -> scanEvents.publish(database));
        });
        if (closed) {
            counts.close();
        }
        return counts;
    }

    private KeyId key(Database database, String name) {
        return new KeyId(database, keyspaces.backend(database), name);
    }

    private Count index(double value) {
        return Count.index(value, clock.instant());
    }

    /** Falls back to all keys if one primary does not report the number: a sum over the others would be partial. */
    private static double expiringKeys(Keyspace keyspace) {
        double sum = 0;
        for (Shard shard : keyspace.shards()) {
            OptionalLong expiring = shard.expiringKeys();
            if (expiring.isEmpty()) {
                return (double) keyspace.size();
            }
            sum += (double) expiring.getAsLong();
        }
        return sum;
    }

    private ScoredMembers scoredMembers(Database database, Keyspace keyspace, String key) {
        ServerClock serverClock =
                serverClocks.computeIfAbsent(key(database, ""), _ -> new ServerClock(keyspace, clock));
        return scoredMembers.computeIfAbsent(key(database, key), _ -> new ScoredMembers(keyspace, key, serverClock));
    }
}
