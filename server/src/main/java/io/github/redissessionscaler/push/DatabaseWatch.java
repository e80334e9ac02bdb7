package io.github.redissessionscaler.push;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Refreshes the open streams of one database together, in rounds: immediately after a keyspace event or a new count, and
 * periodically. However many events arrive, rounds take a tenth of the time ({@link RoundBudget}). Thread-safe.
 */
final class DatabaseWatch implements KeyspaceEvents.Listener {

    /** Longest pause between the removal of the last stream and the round that unsubscribes. */
    private static final Duration UNSUBSCRIBED_AFTER = Duration.ofSeconds(1);

    private final Database database;
    private final Evaluator evaluator;
    private final KeyspaceEvents events;
    private final Consumer<Database> counting;
    private final PushSettings settings;
    private final Background background;
    private final PollBackoff backoff;
    private final Set<ActivityStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger guests = new AtomicInteger();

    private KeyspaceEvents.@Nullable Feed feed;
    private final Set<ActivityStream> opened = new LinkedHashSet<>();
    private boolean sendingFirst;
    private boolean running;
    private boolean roundRequested;
    private final RoundBudget budget = new RoundBudget(System.nanoTime());
    private @Nullable Future<?> next;

    /** Number of the latest scheduled round. Earlier rounds may still start after they were cancelled; they do nothing. */
    private long plan;

    private boolean closed;

    DatabaseWatch(
            Database database,
            Evaluator evaluator,
            KeyspaceEvents events,
            Consumer<Database> counting,
            PushSettings settings,
            Background background) {
        this.database = database;
        this.evaluator = evaluator;
        this.events = events;
        this.counting = counting;
        this.settings = settings;
        this.background = background;
        this.backoff = new PollBackoff(settings.pollMin(), settings.pollMax());
    }

    Database database() {
        return database;
    }

    synchronized PollBackoff.Mode mode() {
        return backoff.mode();
    }

    Set<ActivityStream> streams() {
        return streams;
    }

    /** Number of streams; one with several databases counts for the first of them only. */
    int count() {
        return streams.size() - guests.get();
    }

    /**
     * Sends the stream its first message, and refreshes it in every later round. The first stream subscribes to keyspace
     * events. After {@link #close}, the stream is ended immediately.
     */
    void add(ActivityStream stream) {
        synchronized (this) {
            if (!closed) {
                if (feed == null) {
                    feed = events.listen(database, this);
                }
                if (streams.add(stream) && !stream.isOf(this)) {
                    guests.incrementAndGet();
                }
                opened.add(stream);
                if (!sendingFirst) {
                    sendingFirst = true;
                    background.start("first push", this::sendFirst);
                }
                return;
            }
        }
        stream.end();
    }

    /**
     * After the last stream was removed, a last round unsubscribes, but not immediately: a client that opens and cancels streams
     * does not subscribe each time.
     */
    synchronized void remove(ActivityStream stream) {
        opened.remove(stream);
        if (streams.remove(stream) && !stream.isOf(this)) {
            guests.decrementAndGet();
        }
        if (streams.isEmpty()) {
            scheduleNext();
        }
    }

    /** Schedules the next round if there is none; without streams, a last one, which replaces a later one. */
    private void scheduleNext() {
        if (running || sendingFirst || roundRequested || closed) {
            return;
        }
        long interval = backoff.interval().toNanos();
        if (streams.isEmpty()) {
            scheduleIn(Math.min(interval, UNSUBSCRIBED_AFTER.toNanos()));
        } else if (next == null) {
            scheduleIn(interval);
        }
    }

    /** Ends every stream with status OK, and later ones too. */
    void close() {
        synchronized (this) {
            closed = true;
            unsubscribe();
            cancelNext();
        }
        streams.forEach(ActivityStream::end);
    }

    @Override
    public synchronized void event() {
        backoff.eventCame();
        recount();
    }

    @Override
    public synchronized void interrupted() {
        backoff.interrupted();
        recount();
    }

    /** A new count is available. Does not block. */
    synchronized void counted() {
        requestRound();
    }

    private void recount() {
        counting.accept(database);
        requestRound();
    }

    private void requestRound() {
        if (roundRequested || closed) {
            return;
        }
        roundRequested = true;
        if (!running) {
            scheduleIn(budget.pause(System.nanoTime()));
        }
    }

    private void unsubscribe() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    private void scheduleIn(long nanos) {
        cancelNext();
        plan++;
        long mine = plan;
        if (nanos > 0) {
            next = background.after("push round", Duration.ofNanos(nanos), () -> round(mine));
        } else {
            // Without the timer, whose thread would have to wake first.
            next = CompletableFuture.completedFuture(null);
            background.start("push round", () -> round(mine));
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    /** Sends the first message of all new streams on one thread, also when ten thousand open at the same time. */
    private void sendFirst() {
        try {
            for (List<ActivityStream> batch = nextOpened(); !batch.isEmpty(); batch = nextOpened()) {
                Round round = Round.begin(evaluator);
                batch.forEach(stream -> stream.refresh(round, Deadline.in(settings.answerTimeout())));
            }
        } catch (Throwable e) {
            InternalErrors.report("first push", e);
            sendFirstInRound();
        }
    }

    /** The next round sends the first messages instead. */
    private synchronized void sendFirstInRound() {
        sendingFirst = false;
        requestRound();
    }

    /** The new streams; if there are none, marks the thread as finished. */
    private synchronized List<ActivityStream> nextOpened() {
        List<ActivityStream> batch = List.copyOf(opened);
        opened.clear();
        if (batch.isEmpty()) {
            sendingFirst = false;
            scheduleNext();
        }
        return batch;
    }

    private void round(long planned) {
        boolean announced;
        synchronized (this) {
            if (planned != plan || running || closed) {
                return;
            }
            running = true;
            next = null;
            announced = roundRequested;
            roundRequested = false;
        }
        long start = System.nanoTime();
        boolean changed = false;
        try {
            Round round = Round.begin(evaluator);
            for (ActivityStream stream : streams) {
                changed |= stream.refresh(round, Deadline.in(settings.answerTimeout()));
            }
        } catch (Throwable e) {
            InternalErrors.report("push round", e);
        } finally {
            roundEnded(announced, changed, System.nanoTime() - start);
        }
    }

    private synchronized void roundEnded(boolean announced, boolean changed, long nanos) {
        running = false;
        // An event during the round may announce a change that the round has already read.
        backoff.roundEnded(announced || roundRequested, changed);
        long now = System.nanoTime();
        budget.spend(nanos, now);
        long pause = budget.pause(now);
        if (streams.isEmpty()) {
            unsubscribe();
            roundRequested = false;
        } else if (!closed) {
            scheduleIn(
                    roundRequested ? pause : Math.max(pause, backoff.interval().toNanos()));
        }
    }
}
