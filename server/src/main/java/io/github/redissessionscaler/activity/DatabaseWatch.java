package io.github.redissessionscaler.activity;

import io.github.redissessionscaler.evaluation.Deadline;
import io.github.redissessionscaler.evaluation.Evaluator;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one database, refreshed together in rounds: at once on a hint that something changed, and now and
 * then without one. However many hints there are, rounds take at most a tenth of the time. Thread-safe.
 */
final class DatabaseWatch {

    /** The shortest time from the end of a round to the start of the next. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(10);

    /** How many times as long as a round the rest after it is, at least. */
    private static final int REST_PER_ROUND = 9;

    private final Evaluator evaluator;
    private final PushSettings settings;
    private final ScheduledExecutorService timer;
    private final Set<Subscription<?>> subscriptions = ConcurrentHashMap.newKeySet();

    private boolean running;
    private boolean hinted;
    private long restUntil = System.nanoTime();
    private @Nullable ScheduledFuture<?> next;
    private boolean closed;

    DatabaseWatch(Evaluator evaluator, PushSettings settings, ScheduledExecutorService timer) {
        this.evaluator = evaluator;
        this.settings = settings;
        this.timer = timer;
    }

    void add(Subscription<?> subscription) {
        subscriptions.add(subscription);
        synchronized (this) {
            if (next == null && !running && !closed) {
                scheduleIn(settings.poll().toNanos());
            }
        }
    }

    void remove(Subscription<?> subscription) {
        subscriptions.remove(subscription);
    }

    Set<Subscription<?>> subscriptions() {
        return subscriptions;
    }

    /** Something may have changed. Returns at once. */
    synchronized void hint() {
        if (hinted || closed) {
            return;
        }
        hinted = true;
        if (!running) {
            scheduleIn(Math.max(0, restUntil - System.nanoTime()));
        }
    }

    synchronized void close() {
        closed = true;
        cancelNext();
    }

    private void scheduleIn(long nanos) {
        cancelNext();
        next = timer.schedule(() -> Thread.startVirtualThread(this::round), nanos, TimeUnit.NANOSECONDS);
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    private void round() {
        synchronized (this) {
            if (running || closed) {
                return;
            }
            running = true;
            hinted = false;
        }
        long start = System.nanoTime();
        Evaluator once = evaluator.forOneRound();
        for (Subscription<?> subscription : subscriptions) {
            subscription.refresh(once, Deadline.in(settings.answerTimeout()));
        }
        long end = System.nanoTime();
        synchronized (this) {
            running = false;
            next = null;
            long rest = Math.max(SHORTEST_REST.toNanos(), REST_PER_ROUND * (end - start));
            restUntil = end + rest;
            if (!closed && !subscriptions.isEmpty()) {
                scheduleIn(hinted ? rest : Math.max(rest, settings.poll().toNanos()));
            }
        }
    }
}
