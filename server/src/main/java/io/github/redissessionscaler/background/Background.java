package io.github.redissessionscaler.background;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs background work: immediately, later or periodically, each time on a new virtual thread. Exceptions are reported to
 * {@link InternalErrors} and do not stop periodic work. If no thread can be started, the start is retried every second.
 * Thread-safe; no method blocks or throws.
 */
public final class Background implements AutoCloseable {

    private static final Duration START_AGAIN = Duration.ofSeconds(1);

    private final ExecutorService threads;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("timer").daemon().factory());

    /**
     * Runs nothing yet.
     *
     * @param threads starts a thread for each task; the caller closes it after this
     */
    public Background(ExecutorService threads) {
        this.threads = threads;
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.prestartCoreThread();
    }

    /**
     * Runs the work now.
     *
     * @param task name of the work: a few words that are the same each time
     */
    public void start(String task, Runnable work) {
        try {
            threads.execute(() -> run(task, work));
        } catch (RejectedExecutionException e) {
            // the process is shutting down
        } catch (Throwable e) {
            InternalErrors.report(task, e);
            var _ = after(task, START_AGAIN, work);
        }
    }

    /**
     * Runs the work once after a delay. Cancelling the result prevents its start and frees its memory.
     *
     * @param task as in {@link #start}
     */
    public Future<?> after(String task, Duration delay, Runnable work) {
        try {
            return timer.schedule(() -> start(task, work), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /**
     * Runs the work periodically, when the period has passed and the previous run has ended, until it is cancelled.
     *
     * @param task as in {@link #start}
     */
    public Future<?> every(String task, Duration period, Runnable work) {
        var running = new AtomicBoolean();
        Runnable once = () -> {
            try {
                work.run();
            } finally {
                running.set(false);
            }
        };
        Runnable due = () -> {
            if (running.compareAndSet(false, true)) {
                start(task, once);
            }
        };
        try {
            return timer.scheduleAtFixedRate(due, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** An executor that runs tasks as {@link #start} does. */
    public Executor executor(String task) {
        return work -> start(task, work);
    }

    /** Number of scheduled tasks. */
    int waiting() {
        return timer.getQueue().size();
    }

    private static void run(String task, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            InternalErrors.report(task, e);
        }
    }

    /** Starts no further work. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
