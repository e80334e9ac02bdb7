package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.keyspace.AllFailures;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Reads counts and keys from Redis. Equal reads in progress are shared. Thread-safe. Methods do not block; their results
 * complete by the deadline, or fail with a {@link KeyspaceException}.
 */
public final class RedisReader {

    private record Get(Database database, String key) {}

    /** @param soFar whether it does not wait for the first count by pattern */
    private record Counted(Source source, boolean soFar) {
        Database database() {
            return source.database();
        }
    }

    /** Reads that share threads. The first count of a pattern takes longer than other reads and must not delay them. */
    private record Group(Database database, boolean byPattern) {}

    private final Reads<Counted, Count> counts;
    private final Reads<Get, Optional<String>> gets;
    private final SourceCounter counter;
    private final AvailabilityLog log;
    private final boolean inRound;

    /**
     * @param executor starts a thread for each read
     * @param clock one that does not jump
     */
    public RedisReader(
            Keyspaces keyspaces, SourceCounter counter, Executor executor, Telemetry telemetry, InstantSource clock) {
        this.counter = counter;
        var queue = new ReadQueue(executor);
        counts = new SingleFlightReads<>(
                counted -> measured(
                        telemetry,
                        counted.database(),
                        "count",
                        () -> counted.soFar() ? counter.countSoFar(counted.source()) : counter.count(counted.source())),
                counted -> keyspaces.backend(counted.database()),
                counted -> keyspaces.name(counted.database()),
                counted -> new Group(counted.database(), isByPattern(counted.source())),
                queue);
        gets = new SingleFlightReads<>(
                get -> measured(
                        telemetry,
                        get.database(),
                        "get",
                        () -> keyspaces.of(get.database()).get(get.key())),
                get -> keyspaces.backend(get.database()),
                get -> keyspaces.name(get.database()),
                get -> new Group(get.database(), false),
                queue);
        log = new AvailabilityLog(clock);
        inRound = false;
    }

    private static boolean isByPattern(Source source) {
        return source.query() instanceof CountQuery.MatchingKeys;
    }

    private static <V> V measured(Telemetry telemetry, Database database, String kind, Supplier<V> read) {
        long start = System.nanoTime();
        String outcome = "FAILED";
        try {
            V value = read.get();
            outcome = "OK";
            return value;
        } catch (KeyspaceException e) {
            outcome = e.reason().name();
            throw e;
        } finally {
            telemetry.read(database.connection(), kind, outcome, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private RedisReader(RedisReader reader, RoundCache.Round round) {
        counter = reader.counter;
        counts = new RoundCache<>(reader.counts, round, Counted::database);
        gets = new RoundCache<>(reader.gets, round, Get::database);
        log = reader.log;
        inRound = true;
    }

    /**
     * A reader for one round over many triggers of one database, on one thread. It reads each key at most once, and only
     * after this call. It does not wait for first counts by pattern, which would delay the other triggers.
     */
    public RedisReader forOneRound() {
        return new RedisReader(this, new RoundCache.Round());
    }

    /**
     * The count of the source; of several, the sum, which fails if one of them does.
     *
     * @param namespace of the trigger; namespaces take turns where patterns cannot all be counted together
     */
    public CompletableFuture<Count> count(Source source, String namespace, Deadline deadline) {
        List<CompletableFuture<Count>> parts = source.parts().stream()
                .map(part -> counts.get(new Counted(part, inRound && isByPattern(part)), false, deadline)
                        .whenComplete((_, thrown) -> {
                            log.ended(part.database(), thrown);
                            counter.usedBy(part, namespace);
                        }))
                .toList();
        return parts.size() == 1 ? parts.getFirst() : sum(parts);
    }

    private static CompletableFuture<Count> sum(List<CompletableFuture<Count>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).handle((_, thrown) -> {
            if (thrown == null) {
                return Count.sum(parts.stream().map(CompletableFuture::join).toList());
            }
            List<KeyspaceException> failures = parts.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .map(part -> Futures.failure(part.exceptionNow()))
                    .<KeyspaceException>mapMulti((failure, out) -> {
                        if (failure instanceof KeyspaceException one) {
                            out.accept(one);
                        }
                    })
                    .toList();
            throw failures.isEmpty() ? Futures.unchecked(thrown) : AllFailures.together(failures);
        });
    }

    /** Progress of a running scan of one of the source's databases, if any. */
    public Optional<ScanProgress> progress(Source source) {
        return source.databases().stream()
                .flatMap(database -> counter.progress(database).stream())
                .findFirst();
    }

    public CompletableFuture<Optional<String>> get(Database database, String key, Deadline deadline) {
        return gets.get(new Get(database, key), false, deadline)
                .whenComplete((_, thrown) -> log.ended(database, thrown));
    }
}
