package io.github.redissessionscaler.app;

import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.diagnosis.LayoutFinder;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.grpc.Explanations;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.redis.RedisInspector;
import io.github.redissessionscaler.redis.RedisInspector.CommandCost;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Source;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Evaluates one trigger once, directly against Redis and in the same way as a {@link Scaler}, and inspects its keys and
 * permissions. Not thread-safe.
 */
public final class Inspection implements AutoCloseable {

    /** Databases whose keys are inspected: a bound on the cost. */
    private static final int MOST_DATABASES = 16;

    /** Interval of progress reports. */
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(250);

    /**
     * The cost of one count.
     *
     * @param took duration of the count
     * @param commands number of commands sent, by name
     * @param keysRead number of key names received
     * @param serverTime time that Redis spent; empty if unknown
     * @param firstExact empty unless keys are counted by pattern
     */
    public record Cost(
            Duration took,
            Map<String, Long> commands,
            long keysRead,
            Optional<Duration> serverTime,
            Optional<FirstExact> firstExact) {}

    /**
     * How long a scaler takes for its first exact count of the keys.
     *
     * @param duration about; measured if the count is exact, and computed from the samples if it is an estimate
     * @param share of each server's time that a scan may use, above 0 and up to 1
     */
    public record FirstExact(Duration duration, double share) {}

    /**
     * The result.
     *
     * @param metricTarget the target for KEDA, in sessions per replica
     * @param value the reported value; empty for an error
     * @param active the reported activity
     * @param keys the shapes of the counted keys; empty if none are visited, or Redis refuses
     * @param rights the missing permissions; empty if Redis is unavailable
     */
    public record InspectionResult(
            double metricTarget,
            OptionalDouble value,
            boolean active,
            Explanation explanation,
            Cost cost,
            Optional<KeyShapes> keys,
            Optional<MissingPermissions> rights) {}

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(threads);
    private final AtomicLong keysRead = new AtomicLong();
    private final AtomicLong serverNanos = new AtomicLong();
    private final ConfigSource source;
    private final Engine engine;

    private Inspection(ConfigSource source) {
        this.source = source;
        engine = new Engine(
                source,
                background,
                HistoryBudget.unrecorded(RunningReplicas.UNKNOWN),
                new MonotonicClock(),
                new CountingCosts() {
                    @Override
                    public void visited(Database database, Method method, long keys, long nanos) {
                        keysRead.addAndGet(keys);
                        serverNanos.addAndGet(nanos);
                    }

                    @Override
                    public void scanned(Database database, Duration took, String outcome) {}
                });
    }

    /** Connected to nothing yet. */
    public static Inspection of(ConfigSource source) {
        return new Inspection(source);
    }

    /**
     * Counts and inspects. Waits for a full scan, however long it takes.
     *
     * @param namespace of the ScaledObject; must have access to the connection
     * @param patience timeout of each step after the count
     * @param progress called with the progress of a scan, some times a second
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws InterruptedException if the thread is to end
     */
    public InspectionResult inspect(
            String namespace, String name, Trigger trigger, Duration patience, Consumer<ScanProgress> progress)
            throws InterruptedException {
        var ref = new TriggerRef(namespace, name, trigger);
        engine.evaluator.admit(ref);
        try (var inspectors = new ConnectionInspectors(engine.keyspaces, trigger.source())) {
            Cost cost;
            try {
                cost = count(trigger, inspectors, progress);
            } catch (KeyspaceException e) {
                return unavailable(trigger, e, sent(trigger.source()));
            }
            OptionalDouble value = answer(engine.evaluator.value(ref, Deadline.in(patience)))
                    .map(OptionalDouble::of)
                    .orElseGet(OptionalDouble::empty);
            boolean active =
                    answer(engine.evaluator.active(ref, Deadline.in(patience))).orElse(false);
            return new InspectionResult(
                    trigger.target().metricTarget(),
                    value,
                    active,
                    Explanations.message(
                            Futures.await(engine.evaluator.explain(ref, Deadline.in(patience))), Optional.empty()),
                    cost,
                    allowed(() -> engine.inspector.shapes(trigger.source())).flatMap(shapes -> shapes),
                    allowed(() -> inspectors.missing(trigger, this::typeOfKey)));
        }
    }

    /**
     * The session layouts that the keys of each database of a connection fit: of those with keys, and at most the first
     * {@value #MOST_DATABASES}. Omits databases that the user may not read, unless it may read none.
     *
     * @param database its connection is inspected
     * @throws KeyspaceException if Redis is unavailable, or refuses to list keys
     */
    public List<FoundLayouts> layouts(Database database) {
        Set<Integer> indexes = new TreeSet<>();
        try (RedisInspector inspector = engine.keyspaces.inspector(database)) {
            inspector
                    .databasesWithKeys()
                    .ifPresentOrElse(
                            indexes::addAll,
                            () -> engine.keyspaces.canonical(database).index().ifPresent(indexes::add));
        }
        List<FoundLayouts> found = new ArrayList<>();
        Optional<KeyspaceException> refusal = Optional.empty();
        for (int index : indexes.stream().limit(MOST_DATABASES).toList()) {
            try {
                found.add(LayoutFinder.of(
                        engine.keyspaces.of(new Database(database.connection(), OptionalInt.of(index))),
                        index,
                        new SecureRandom()));
            } catch (KeyspaceException e) {
                if (e.reason() != KeyspaceException.Reason.NOPERM) {
                    throw e;
                }
                refusal = Optional.of(e);
            }
        }
        if (found.isEmpty() && refusal.isPresent()) {
            throw refusal.orElseThrow();
        }
        return found;
    }

    /** The index of the database, also if the connection's configuration sets it. */
    public int indexOf(Database database) {
        return engine.keyspaces.canonical(database).index().orElse(0);
    }

    /** The result while Redis is unavailable: what {@code onUnavailable} determines. Skips the inspection. */
    private InspectionResult unavailable(Trigger trigger, KeyspaceException failure, Map<String, Long> sent) {
        return new InspectionResult(
                trigger.target().metricTarget(),
                trigger.onUnavailable() instanceof UnavailablePolicy.Fail
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(0),
                false,
                Explanation.newBuilder()
                        .setCounted(trigger.source().query().description())
                        .setTarget(trigger.target()
                                .sessionSize()
                                .orElseGet(() -> source.current().sessionSize()))
                        .setOutage(failure.reason() + ": " + failure.getMessage())
                        .build(),
                new Cost(Duration.ZERO, sent, 0, Optional.empty(), Optional.empty()),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Counts. An error of Redis about this count is ignored here; the evaluation that follows reports it.
     *
     * @throws KeyspaceException if Redis is unavailable
     */
    private Cost count(Trigger trigger, ConnectionInspectors inspectors, Consumer<ScanProgress> progress)
            throws InterruptedException {
        Source source = trigger.source();
        Optional<Map<String, CommandCost>> before =
                answered(inspectors::commandCosts).flatMap(costs -> costs);
        Map<String, Long> sentBefore = sent(source);
        long start = System.nanoTime();
        Future<Count> counting = threads.submit(() -> engine.counter.completeCount(source));
        while (!ends(counting)) {
            source.databases()
                    .forEach(database -> engine.counter.progress(database).ifPresent(progress));
        }
        if (counting.state() == Future.State.FAILED
                && counting.exceptionNow() instanceof KeyspaceException failure
                && !failure.reason().redisAvailable()) {
            throw failure;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Map<String, Long> commands = new TreeMap<>(sent(source));
        sentBefore.forEach((command, times) -> commands.merge(command, -times, Long::sum));
        commands.values().removeIf(times -> times == 0);
        Optional<Map<String, CommandCost>> after =
                allowed(inspectors::commandCosts).flatMap(costs -> costs);
        return new Cost(
                took,
                commands,
                keysRead.get(),
                before.flatMap(then ->
                        after.map(now -> Duration.ofNanos(Math.round(1000 * micros(commands, then, now))))),
                counting.state() == Future.State.SUCCESS
                        ? firstExact(source, counting.resultNow(), took)
                        : Optional.empty());
    }

    private Optional<FirstExact> firstExact(Source whole, Count count, Duration took) {
        double share = source.current().countShare();
        List<Database> scanned = whole.parts().stream()
                .filter(part -> part.query() instanceof CountQuery.MatchingKeys)
                .map(Source::database)
                .distinct()
                .toList();
        if (scanned.isEmpty()) {
            return Optional.empty();
        }
        if (count.method() != Method.ESTIMATE) {
            return Optional.of(new FirstExact(took, share));
        }
        return allowed(() -> scanned.stream().mapToLong(this::largestPrimary).max())
                .filter(largest -> largest.isPresent() && keysRead.get() > 0)
                .map(largest -> new FirstExact(
                        Duration.ofNanos(Math.round((double) largest.getAsLong()
                                * (double) serverNanos.get()
                                / (double) keysRead.get()
                                / share)),
                        share));
    }

    /** The most keys of one primary. */
    private long largestPrimary(Database database) {
        return engine.keyspaces.of(database).shards().stream()
                .mapToLong(Shard::size)
                .max()
                .orElse(0);
    }

    private static boolean ends(Future<?> task) throws InterruptedException {
        try {
            task.get(PROGRESS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** The share of these commands in the server time, in microseconds: other clients may send them too. */
    private static double micros(
            Map<String, Long> commands, Map<String, CommandCost> before, Map<String, CommandCost> after) {
        double sum = 0;
        for (Map.Entry<String, Long> sent : commands.entrySet()) {
            CommandCost then = before.getOrDefault(sent.getKey(), new CommandCost(0, 0));
            CommandCost now = after.getOrDefault(sent.getKey(), then);
            long calls = now.calls() - then.calls();
            if (calls > 0) {
                sum += (double) (now.micros() - then.micros())
                        / (double) calls
                        * (double) Math.min(sent.getValue(), calls);
            }
        }
        return sum;
    }

    private Map<String, Long> sent(Source source) {
        Set<String> used = source.databases().stream().map(Database::connection).collect(Collectors.toSet());
        Map<String, Long> sent = new HashMap<>();
        engine.telemetry.connections().stream()
                .filter(connection -> used.contains(connection.name()))
                .map(ConnectionSnapshot::commands)
                .forEach(commands -> commands.forEach((command, times) -> sent.merge(command, times, Long::sum)));
        return sent;
    }

    private Optional<KeyType> typeOfKey(Source source) {
        return source.query() instanceof CountQuery.Elements(String key)
                ? allowed(() -> engine.keyspaces.of(source.database()).type(key))
                        .flatMap(type -> type)
                : Optional.empty();
    }

    private static <T> Optional<T> answer(CompletableFuture<T> evaluated) {
        try {
            return Optional.of(Futures.await(evaluated));
        } catch (UnavailableException e) {
            return Optional.empty();
        }
    }

    /**
     * Empty if Redis refuses it.
     *
     * @throws KeyspaceException if Redis is unavailable
     */
    private static <T> Optional<T> answered(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (KeyspaceException e) {
            if (e.reason().redisAvailable()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Empty where Redis does not give it. */
    private static <T> Optional<T> allowed(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (KeyspaceException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        engine.close();
        background.close();
        threads.shutdownNow();
    }
}
