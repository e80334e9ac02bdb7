package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Counter;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.Keyspaces;
import io.github.redissessionscaler.counting.ScanProgress;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * All that the scaler reads from Redis, each equal read in flight only once. Thread-safe; every method returns at once, and
 * what it returns is there by the deadline, or has failed with a {@link KeyspaceException}.
 */
public final class Reader {

    private record Get(Database database, String key) {}

    private final Reads<Source, Count> counts;
    private final Reads<Get, Optional<String>> gets;
    private final Counter counter;
    private final Evictions evictions;
    private final ReadLog log;

    /**
     * A reader of these databases.
     *
     * @param executor starts a thread for each read
     * @param clock one that does not jump
     */
    public Reader(Keyspaces keyspaces, Counter counter, Executor executor, Telemetry telemetry, InstantSource clock) {
        this.counter = counter;
        counts = new SharedReads<>(
                source -> measured(telemetry, source.database(), "count", () -> counter.count(source)),
                source -> keyspaces.backend(source.database()),
                executor);
        gets = new SharedReads<>(
                get -> measured(
                        telemetry,
                        get.database(),
                        "get",
                        () -> keyspaces.of(get.database()).get(get.key())),
                get -> keyspaces.backend(get.database()),
                executor);
        evictions = new Evictions(keyspaces, executor, telemetry, clock);
        log = new ReadLog(clock);
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

    private Reader(Reader reader, RememberedReads.Round round) {
        counter = reader.counter;
        counts = new RememberedReads<>(reader.counts, round);
        gets = new RememberedReads<>(reader.gets, round);
        evictions = reader.evictions;
        log = reader.log;
    }

    /**
     * A reader for one round over many triggers of one database, on one thread: it reads everything at most once, and by a read
     * that begins after this call.
     */
    Reader forOneRound() {
        return new Reader(this, new RememberedReads.Round());
    }

    CompletableFuture<Count> count(Source source, Deadline deadline) {
        return logged(source.database(), counts, source, deadline).thenApply(count -> {
            evictions.mind(source.database());
            return count;
        });
    }

    /** How far the scan of a database is, if one runs now. */
    Optional<ScanProgress> progress(Database database) {
        return counter.progress(database);
    }

    CompletableFuture<Optional<String>> get(Database database, String key, Deadline deadline) {
        return logged(database, gets, new Get(database, key), deadline);
    }

    private <K, V> CompletableFuture<V> logged(Database database, Reads<K, V> reads, K key, Deadline deadline) {
        return reads.get(key, deadline).whenComplete((_, thrown) -> {
            if (thrown == null) {
                log.answered(database);
            } else if (Futures.failure(thrown) instanceof KeyspaceException failure) {
                log.failed(database, failure);
            }
        });
    }
}
