package io.github.redissessionscaler.reading;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends waits at their deadlines. One check is scheduled for the earliest deadline, and none for each wait: to start and
 * cancel a timer wakes a thread, which costs a poll more than its read. Thread-safe.
 */
final class Deadlines {

    /** A result with a deadline. */
    private static final class Wait<V> extends CompletableFuture<V> {

        private final Deadline deadline;
        private final Supplier<? extends RuntimeException> late;

        Wait(Deadline deadline, Supplier<? extends RuntimeException> late) {
            this.deadline = deadline;
            this.late = late;
        }

        void end(@Nullable V value, @Nullable Throwable thrown) {
            if (thrown == null) {
                complete(value);
            } else {
                completeExceptionally(Futures.failure(thrown));
            }
        }

        void endLate() {
            try {
                completeExceptionally(late.get());
            } catch (RuntimeException e) {
                completeExceptionally(e);
            }
        }
    }

    private final LongFunction<Executor> delayed;
    private final Set<Wait<?>> waits = ConcurrentHashMap.newKeySet();

    /** The deadline of the scheduled check, or null if none is scheduled. Guarded by this. */
    private @Nullable Deadline next;

    Deadlines() {
        this(nanos -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run));
    }

    /** @param delayed an executor that starts a task after this many nanoseconds, on another thread */
    Deadlines(LongFunction<Executor> delayed) {
        this.delayed = delayed;
    }

    /**
     * The result with a deadline. The original result is left as it is.
     *
     * @param late the failure after the deadline
     */
    <V> CompletableFuture<V> limit(
            CompletableFuture<V> result, Deadline deadline, Supplier<? extends RuntimeException> late) {
        var wait = new Wait<V>(deadline, late);
        waits.add(wait);
        var _ = result.whenComplete((value, thrown) -> {
            waits.remove(wait);
            wait.end(value, thrown);
        });
        if (!wait.isDone()) {
            try {
                checkAt(deadline);
            } catch (RuntimeException | Error e) {
                waits.remove(wait);
                throw e;
            }
        }
        return wait;
    }

    private synchronized void checkAt(Deadline deadline) {
        if (next == null || deadline.isBefore(next)) {
            delayed.apply(deadline.remainingNanos()).execute(() -> check(deadline));
            next = deadline;
        }
    }

    private void check(Deadline scheduled) {
        synchronized (this) {
            if (!scheduled.equals(next)) {
                return; // an earlier check was scheduled, and schedules the next one
            }
            next = null;
        }
        Deadline earliest = null;
        for (Iterator<Wait<?>> all = waits.iterator(); all.hasNext(); ) {
            Wait<?> wait = all.next();
            if (wait.deadline.remainingNanos() == 0) {
                all.remove();
                wait.endLate();
            } else if (earliest == null || wait.deadline.isBefore(earliest)) {
                earliest = wait.deadline;
            }
        }
        if (earliest != null) {
            checkAt(earliest);
        }
    }
}
