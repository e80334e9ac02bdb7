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
 * All open streams. A stream sends the activity when it opens and on every change; while active, it repeats that with every
 * heartbeat. Streams have no threads of their own. Thread-safe.
 */
public final class StreamHub implements AutoCloseable {

    /** Checks per heartbeat: a heartbeat is late by at most one such step. */
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
     * A hub without streams.
     *
     * @param counting called with a database whose counts by pattern are out of date
     * @param scanEvents announces new counts
     * @param streamLimit most open streams
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

    /** Creates a stream of the trigger's activity; {@link ActivityStream#open} starts it. Does not block. */
    public ActivityStream watchActivity(TriggerRef ref, StreamClient client) {
        TriggerRef kept = evaluator.admit(ref);
        int most = streamLimit.getAsInt();
        if (openStreams() >= most) {
            throw new LimitReachedException("the scaler has " + most + " open streams already, its STREAM_LIMIT");
        }
        return new ActivityStream(
                kept,
                client,
                kept.trigger().source().databases().stream().map(this::watch).toList());
    }

    private DatabaseWatch watch(Database database) {
        DatabaseWatch watch = watches.computeIfAbsent(
                events.canonical(database),
                canonical -> new DatabaseWatch(canonical, evaluator, events, counting, settings, background));
        if (closed) {
            watch.close();
        }
        return watch;
    }

    /** A new count of the database is available. Does not block. */
    private void counted(Database database) {
        DatabaseWatch watch = watches.get(events.canonical(database));
        if (watch != null) {
            watch.counted();
        }
    }

    /**
     * Refreshes all streams after a change of the configuration. Streams whose connection now has another database end with
     * status OK, so that KEDA reopens them. Does not block.
     */
    public void refreshAll() {
        watches.values().forEach(watch -> {
            watch.streams().stream()
                    .filter(stream -> stream.isElsewhere(events::canonical))
                    .forEach(ActivityStream::end);
            watch.counted();
        });
    }

    /** Number of open streams. */
    public int openStreams() {
        return watches.values().stream().mapToInt(DatabaseWatch::count).sum();
    }

    /** Number of databases with streams that currently receive keyspace events. */
    public int databasesWithEvents() {
        return watching(PollBackoff.Mode.EVENTS);
    }

    /** Number of databases with streams that are polled, because no keyspace event has arrived. */
    public int databasesPolled() {
        return watching(PollBackoff.Mode.POLL);
    }

    private int watching(PollBackoff.Mode mode) {
        return Math.toIntExact(watches.values().stream()
                .filter(watch -> !watch.streams().isEmpty() && watch.mode() == mode)
                .count());
    }

    /** Ends every stream with status OK; later streams end immediately. */
    @Override
    public void close() {
        closed = true;
        heartbeats.cancel(false);
        watches.values().forEach(DatabaseWatch::close);
    }

    private void beat() {
        long due = System.nanoTime() - settings.heartbeat().toNanos();
        for (DatabaseWatch watch : watches.values()) {
            watch.streams().forEach(stream -> stream.heartbeat(due));
        }
    }
}
