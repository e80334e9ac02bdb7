package io.github.redissessionscaler.push;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.trigger.Database;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * All open streams. A stream tells the state as it opens, then every change, then, while active, the same again on every
 * heartbeat. No stream has a thread of its own. Thread-safe.
 */
public final class StreamHub implements AutoCloseable {

    /** Into how many steps the heartbeat is divided: it comes late by one of them at most. */
    private static final int HEARTBEAT_STEPS = 20;

    private final Evaluator evaluator;
    private final KeyspaceEvents events;
    private final Consumer<Database> counting;
    private final PushSettings settings;
    private final IntSupplier streamLimit;
    private final Background background;
    private final Future<?> heartbeats;
    private final ConcurrentMap<Database, DatabaseWatch> watches = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Without streams.
     *
     * @param counting receives a database whose counts by pattern are out of date
     * @param scanEvents says when they are up to date again
     * @param streamLimit how many streams are open at a time
     */
    public StreamHub(
            Evaluator evaluator,
            KeyspaceEvents events,
            Consumer<Database> counting,
            ScanEvents scanEvents,
            PushSettings settings,
            IntSupplier streamLimit,
            Background background) {
        this.streamLimit = streamLimit;
        this.evaluator = evaluator;
        this.events = events;
        this.counting = counting;
        this.settings = settings;
        this.background = background;
        this.heartbeats =
                background.every("push heartbeat", settings.heartbeat().dividedBy(HEARTBEAT_STEPS), this::beat);
        scanEvents.subscribe(this::counted);
    }

    /** A stream of the trigger's activity, which begins with {@link Subscription#open}. Does not block. */
    public Subscription watchActivity(TriggerRef asked, StreamClient client) {
        evaluator.admit(asked);
        int most = streamLimit.getAsInt();
        if (openStreams() >= most) {
            throw new LimitReachedException(
                    "the scaler has " + most + " open streams already, which is its STREAM_LIMIT");
        }
        DatabaseWatch watch = watches.computeIfAbsent(
                events.canonical(asked.trigger().source().database()),
                database -> new DatabaseWatch(database, evaluator, events, counting, settings, background));
        if (closed) {
            watch.close();
        }
        return new Subscription(asked, client, watch);
    }

    /** A new count of the database is there. Returns at once. */
    private void counted(Database database) {
        DatabaseWatch watch = watches.get(events.canonical(database));
        if (watch != null) {
            watch.counted();
        }
    }

    /**
     * The answers may be others without a cause in Redis, since the configuration has changed. Streams whose connection has
     * another database now end well, so that KEDA opens them again. Returns at once.
     */
    public void refreshAll() {
        watches.values().forEach(watch -> {
            watch.subscriptions().stream()
                    .filter(subscription ->
                            !events.canonical(subscription.database()).equals(watch.database()))
                    .forEach(Subscription::end);
            watch.counted();
        });
    }

    /** How many streams are open. */
    public int openStreams() {
        return watches.values().stream()
                .mapToInt(watch -> watch.subscriptions().size())
                .sum();
    }

    /** How many databases have streams and announce their changes by keyspace events now. */
    public int databasesWithEvents() {
        return watching(PollBackoff.Mode.EVENTS);
    }

    /** How many databases have streams and are polled for them, since no event has been seen to come. */
    public int databasesPolled() {
        return watching(PollBackoff.Mode.POLL);
    }

    private int watching(PollBackoff.Mode mode) {
        return Math.toIntExact(watches.values().stream()
                .filter(watch -> !watch.subscriptions().isEmpty() && watch.mode() == mode)
                .count());
    }

    /** Ends every stream well. Streams opened from now on end at once. */
    @Override
    public void close() {
        closed = true;
        heartbeats.cancel(false);
        watches.values().forEach(DatabaseWatch::close);
    }

    private void beat() {
        long due = System.nanoTime() - settings.heartbeat().toNanos();
        for (DatabaseWatch watch : watches.values()) {
            watch.subscriptions().forEach(subscription -> subscription.heartbeat(due));
        }
    }
}
