package io.github.redissessionscaler.app;

import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.acl.RequiredPermissions;
import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.grpc.Explanations;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.redis.RedisInspector;
import io.github.redissessionscaler.redis.RedisInspector.CommandCost;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
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

/**
 * One trigger, answered once and straight from Redis, by all that a {@link Scaler} answers it by; and a look at what else there
 * is to know about it. For one thread.
 */
public final class Inspection implements AutoCloseable {

    /** How often progress is told. */
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(250);

    /**
     * What one count has cost.
     *
     * @param took from its beginning to its end
     * @param commands how many of each were sent
     * @param keysRead how many names of keys Redis sent
     * @param serverTime what Redis spent on it; empty where Redis does not tell
     */
    public record Cost(Duration took, Map<String, Long> commands, long keysRead, Optional<Duration> serverTime) {}

    /**
     * What was found.
     *
     * @param metricTarget that KEDA would be given, sessions per replica
     * @param value that would be reported; empty for an error
     * @param active whether KEDA would be told so
     * @param keys how the counted keys look; empty where none are visited, or Redis does not allow it
     * @param rights what the user lacks; empty where Redis did not answer
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
    private final ConfigSource source;
    private final Engine engine;

    private Inspection(ConfigSource source) {
        this.source = source;
        engine = new Engine(source, background, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), new CountingCosts() {
            @Override
            public void visited(Database database, Method method, long keys, long serverNanos) {
                keysRead.addAndGet(keys);
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
     * Counts, to the end of a scan however long it takes, and looks.
     *
     * @param namespace of the ScaledObject, which must be one that may use the connection
     * @param patience how long each answer that follows the count is waited for
     * @param progress is told how far a scan is, some times a second
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws InterruptedException if the thread is to end
     */
    public InspectionResult inspect(
            String namespace, String name, Trigger trigger, Duration patience, Consumer<ScanProgress> progress)
            throws InterruptedException {
        var asked = new TriggerRef(namespace, name, trigger);
        engine.evaluator.admit(asked);
        Database database = trigger.source().database();
        try (RedisInspector inspector = engine.keyspaces.inspector(database)) {
            Cost cost;
            try {
                cost = count(trigger, inspector, progress);
            } catch (KeyspaceException e) {
                return unavailable(trigger, e, sent(database));
            }
            OptionalDouble value = answer(engine.evaluator.value(asked, Deadline.in(patience)))
                    .map(OptionalDouble::of)
                    .orElseGet(OptionalDouble::empty);
            boolean active = answer(engine.evaluator.active(asked, Deadline.in(patience)))
                    .orElse(false);
            return new InspectionResult(
                    trigger.target().metricTarget(),
                    value,
                    active,
                    Explanations.message(Futures.await(engine.evaluator.explain(asked, Deadline.in(patience)))),
                    cost,
                    allowed(() -> engine.inspector.shapes(trigger.source())).flatMap(shapes -> shapes),
                    allowed(() -> inspector.missing(
                            RequiredPermissions.of(trigger, engine.keyspaces.setup(database), typeOfKey(trigger)))));
        }
    }

    /** What is said where Redis does not answer at all: what the trigger says for an outage. Nothing more is asked. */
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
                new Cost(Duration.ZERO, sent, 0, Optional.empty()),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * What it was that failed, if Redis answers and did not do it, is found out by whoever asks next.
     *
     * @throws KeyspaceException if Redis does not answer
     */
    private Cost count(Trigger trigger, RedisInspector inspector, Consumer<ScanProgress> progress)
            throws InterruptedException {
        Database database = trigger.source().database();
        Optional<Map<String, CommandCost>> before =
                answered(inspector::commandCosts).flatMap(costs -> costs);
        Map<String, Long> sentBefore = sent(database);
        long start = System.nanoTime();
        Future<?> counting = threads.submit(() -> engine.counter.countToTheEnd(trigger.source()));
        while (!ends(counting)) {
            engine.counter.progress(database).ifPresent(progress);
        }
        if (counting.state() == Future.State.FAILED
                && counting.exceptionNow() instanceof KeyspaceException failure
                && !failure.reason().answered()) {
            throw failure;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Map<String, Long> commands = new TreeMap<>(sent(database));
        sentBefore.forEach((command, times) -> commands.merge(command, -times, Long::sum));
        commands.values().removeIf(times -> times == 0);
        Optional<Map<String, CommandCost>> after =
                allowed(inspector::commandCosts).flatMap(costs -> costs);
        return new Cost(
                took,
                commands,
                keysRead.get(),
                before.flatMap(then ->
                        after.map(now -> Duration.ofNanos(Math.round(1000 * micros(commands, then, now))))));
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

    /** Our part of what these commands have cost meanwhile, in microseconds: others may send them too. */
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

    private Map<String, Long> sent(Database database) {
        return engine.telemetry.connections().stream()
                .filter(connection -> connection.name().equals(database.connection()))
                .map(ConnectionSnapshot::commands)
                .findFirst()
                .orElse(Map.of());
    }

    private Optional<KeyType> typeOfKey(Trigger trigger) {
        return trigger.source().query() instanceof CountQuery.Elements(String key)
                ? allowed(() -> engine.keyspaces.of(trigger.source().database()).type(key))
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
     * Empty where Redis does not give it.
     *
     * @throws KeyspaceException if Redis does not answer at all
     */
    private static <T> Optional<T> answered(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (KeyspaceException e) {
            if (e.reason().answered()) {
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
