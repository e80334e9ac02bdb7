package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.ElementCount;
import io.github.redissessionscaler.counting.ScoredMembers;
import io.github.redissessionscaler.counting.ServerClock;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.PatternCounts;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.security.SecureRandom;
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
import java.util.random.RandomGenerator;

/**
 * Counts what a trigger's source names.
 *
 * <p>Thread-safe. A count blocks and belongs on a virtual thread. What Redis keeps a number of is read at the time of the
 * request, by one command once the key's type and the server's clock are known. Keys that match a pattern are counted in
 * the background while somebody asks, for all that ask together.
 */
public final class SourceCounter implements AutoCloseable {

    /** More than any scaler is asked about; a key that is forgotten costs a look at its type again. */
    private static final int KEYS_REMEMBERED = 20_000;

    /** What is remembered of a key, and of a server's clock, is of these servers alone. */
    private record KeyId(Database database, Object backend, String name) {}

    private final Keyspaces keyspaces;
    private final InstantSource clock;
    private final CountingOptions options;
    private final IntSupplier patternLimit;
    private final RandomGenerator random;
    private final CountingCosts costs;
    private final ScanEvents scanEvents;
    private final LeastRecentlyUsed<KeyId, ElementCount> elements = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final LeastRecentlyUsed<KeyId, ScoredMembers> scoredMembers = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final LeastRecentlyUsed<KeyId, ServerClock> serverClocks = new LeastRecentlyUsed<>(KEYS_REMEMBERED);
    private final ConcurrentMap<Database, PatternCounts> patternCounts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A counter with {@link CountingOptions#DEFAULT}. */
    public SourceCounter(Keyspaces keyspaces, InstantSource clock) {
        this(
                keyspaces,
                clock,
                CountingOptions.DEFAULT,
                () -> CountingOptions.PATTERNS,
                new SecureRandom(),
                CountingCosts.NONE,
                new ScanEvents());
    }

    /**
     * A counter that has asked nothing yet.
     *
     * @param clock one that does not jump
     * @param patternLimit how many patterns are counted in one database at a time
     * @param random where samples are drawn
     * @param costs receives what counting by pattern costs
     * @param scanEvents receives the database of each scan that has ended
     */
    public SourceCounter(
            Keyspaces keyspaces,
            InstantSource clock,
            CountingOptions options,
            IntSupplier patternLimit,
            RandomGenerator random,
            CountingCosts costs,
            ScanEvents scanEvents) {
        this.scanEvents = scanEvents;
        this.patternLimit = patternLimit;
        this.keyspaces = keyspaces;
        this.clock = clock;
        this.options = options;
        this.random = random;
        this.costs = costs;
    }

    /**
     * The count now.
     *
     * @throws KeyspaceException if Redis does not give the answer, or what it gives is not countable
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws io.github.redissessionscaler.input.LimitReachedException if too many patterns are counted already
     */
    public Count count(Source source) {
        Database database = keyspaces.canonical(source.database());
        Keyspace keyspace = keyspaces.of(database);
        return switch (source.query()) {
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
                    // What is remembered does not show that Redis answers, each primary of it.
                    keyspace.size();
                    counts.available();
                    return counts.count(matching);
                });
        };
    }

    /**
     * The count that comes of the accuracy that was asked for, waited for as long as it takes: no estimate stands in for the
     * first scan.
     *
     * @throws KeyspaceException if Redis does not give the answer, or what it gives is not countable
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     */
    public Count countToTheEnd(Source source) {
        return source.query() instanceof CountQuery.MatchingKeys matching
                ? ofPattern(
                        keyspaces.canonical(source.database()),
                        keyspaces.of(source.database()),
                        counts -> counts.countToTheEnd(matching))
                : count(source);
    }

    /**
     * What counting itself has found that makes the latest count doubtful, each a sentence for an operator. Asks Redis nothing, and
     * returns at once.
     */
    public List<String> doubts(Source source) {
        return source.query() instanceof CountQuery.MatchingKeys matching
                ? Optional.ofNullable(patternCounts.get(keyspaces.canonical(source.database())))
                        .map(counts -> counts.doubts(matching))
                        .orElse(List.of())
                : List.of();
    }

    /** Something may have changed in the database, so that what is counted in the background is old. Returns at once. */
    public void hint(Database database) {
        PatternCounts counts = patternCounts.get(keyspaces.canonical(database));
        if (counts != null) {
            counts.hint();
        }
    }

    /** How far the scan of a database is, if one runs now. */
    public Optional<ScanProgress> progress(Database database) {
        return Optional.ofNullable(patternCounts.get(keyspaces.canonical(database)))
                .flatMap(PatternCounts::progress);
    }

    /** The databases that are scanned now, and how far each scan is. */
    public Map<Database, ScanProgress> scans() {
        Map<Database, ScanProgress> scans = new HashMap<>();
        patternCounts.forEach(
                (database, counts) -> counts.progress().ifPresent(progress -> scans.put(database, progress)));
        return scans;
    }

    /** Ends what counts in the background, and the requests that wait for it. */
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
                // The connection leads to other servers meanwhile, which are counted anew.
            }
        }
    }

    /** What counts these servers; what counted others that the database was on before is ended. */
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
                    random,
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

    /** All keys as soon as one primary does not tell: a sum of some would be a partial count. */
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
