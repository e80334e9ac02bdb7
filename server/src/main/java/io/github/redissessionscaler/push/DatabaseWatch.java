package io.github.redissessionscaler.push;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one database, refreshed together in rounds: at once when Redis hints that something changed, and now
 * and then without a hint. However many hints there are, rounds rest in between. Thread-safe.
 */
final class DatabaseWatch implements KeyspaceEvents.Listener {

    /** The shortest time from the end of a round to the start of the next. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(10);

    /** The longest, so that a change is not held up where many streams make a round long. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    /** How many times as long as a round the rest after it is, at least. */
    private static final int REST_PER_ROUND = 9;

    private final Database database;
    private final Evaluator evaluator;
    private final KeyspaceEvents events;
    private final Consumer<Database> counting;
    private final PushSettings settings;
    private final Background background;
    private final PollBackoff pace;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

    private KeyspaceEvents.@Nullable Feed feed;
    private final List<Subscription> newcomers = new ArrayList<>();
    private boolean greeting;
    private boolean running;
    private boolean hinted;
    private long restUntil = System.nanoTime();
    private @Nullable Future<?> next;

    /** Tells the round that was planned last from those before it, which may have begun to start as they were cancelled. */
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
        this.pace = new PollBackoff(settings.pollMin(), settings.pollMax());
    }

    Database database() {
        return database;
    }

    synchronized PollBackoff.Mode mode() {
        return pace.mode();
    }

    Set<Subscription> subscriptions() {
        return subscriptions;
    }

    /**
     * Greets the stream with its state, and takes it into every round from now on. The first stream begins to listen to
     * events. A stream that comes after the end is ended at once.
     */
    void add(Subscription subscription) {
        synchronized (this) {
            if (!closed) {
                if (feed == null) {
                    feed = events.listen(database, this);
                }
                subscriptions.add(subscription);
                newcomers.add(subscription);
                if (!greeting) {
                    greeting = true;
                    background.start("push greeting", this::greet);
                }
                return;
            }
        }
        subscription.end();
    }

    /** The last stream ends the listening; the rounds end by themselves. */
    synchronized void remove(Subscription subscription) {
        subscriptions.remove(subscription);
        if (subscriptions.isEmpty()) {
            stopListening();
        }
    }

    /** Ends every stream well, and those that come later. */
    void close() {
        synchronized (this) {
            closed = true;
            stopListening();
            cancelNext();
        }
        subscriptions.forEach(Subscription::end);
    }

    @Override
    public synchronized void event() {
        pace.eventCame();
        countAnew();
    }

    @Override
    public synchronized void interrupted() {
        pace.interrupted();
        countAnew();
    }

    /** A new count is there. Returns at once. */
    synchronized void counted() {
        hint();
    }

    private void countAnew() {
        counting.accept(database);
        hint();
    }

    private void hint() {
        if (hinted || closed) {
            return;
        }
        hinted = true;
        if (!running) {
            scheduleIn(Math.max(0, restUntil - System.nanoTime()));
        }
    }

    private void stopListening() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    private void scheduleIn(long nanos) {
        cancelNext();
        plan++;
        long mine = plan;
        next = background.after("push round", Duration.ofNanos(nanos), () -> round(mine));
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    /** One thread greets all who have come in the meantime, so that ten thousand at once take no more than one. */
    private void greet() {
        try {
            for (List<Subscription> batch = nextNewcomers(); !batch.isEmpty(); batch = nextNewcomers()) {
                Evaluator once = evaluator.forOneRound();
                batch.forEach(newcomer -> newcomer.refresh(once, Deadline.in(settings.answerTimeout())));
            }
        } catch (Throwable e) {
            InternalErrors.report("push greeting", e);
            greetInRound();
        }
    }

    /** The newcomers are among those that a round refreshes. */
    private synchronized void greetInRound() {
        greeting = false;
        hint();
    }

    /** Empty, with the thread signed off, when nobody is left. */
    private synchronized List<Subscription> nextNewcomers() {
        List<Subscription> batch = List.copyOf(newcomers);
        newcomers.clear();
        if (batch.isEmpty()) {
            greeting = false;
            if (next == null && !running && !closed) {
                scheduleIn(pace.interval().toNanos());
            }
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
            announced = hinted;
            hinted = false;
        }
        long start = System.nanoTime();
        boolean changed = false;
        try {
            Evaluator once = evaluator.forOneRound();
            for (Subscription subscription : subscriptions) {
                changed |= subscription.refresh(once, Deadline.in(settings.answerTimeout()));
            }
        } catch (Throwable e) {
            InternalErrors.report("push round", e);
        } finally {
            roundEnded(announced, changed, System.nanoTime() - start);
        }
    }

    private synchronized void roundEnded(boolean announced, boolean changed, long nanos) {
        running = false;
        // A hint that came during the round may be of a change that the round has read already.
        pace.roundEnded(announced || hinted, changed);
        long rest = Math.clamp(REST_PER_ROUND * nanos, SHORTEST_REST.toNanos(), LONGEST_REST.toNanos());
        restUntil = System.nanoTime() + rest;
        if (!closed && !subscriptions.isEmpty()) {
            scheduleIn(hinted ? rest : Math.max(rest, pace.interval().toNanos()));
        }
    }
}
