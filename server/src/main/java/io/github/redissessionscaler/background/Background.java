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
 * Runs work beside the calls, now, later, or again and again, each time on a virtual thread of its own. Whatever the work
 * throws is reported to {@link InternalErrors} and does not keep it from being run again. Where no thread can be started, as
 * under a limit of the system, the start is tried again every second until it succeeds. Thread-safe; no method blocks or throws.
 */
public final class Background implements AutoCloseable {

    private static final Duration START_AGAIN = Duration.ofSeconds(1);

    private final ExecutorService threads;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("timer").daemon().factory());

    /**
     * Does nothing yet.
     *
     * @param threads starts a thread for each task; belongs to the caller, who ends it after this
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
     * @param task what is done, in a few words that are the same each time
     */
    public void start(String task, Runnable work) {
        try {
            threads.execute(() -> run(task, work));
        } catch (RejectedExecutionException e) {
            // the process ends
        } catch (Throwable e) {
            InternalErrors.report(task, e);
            var _ = after(task, START_AGAIN, work);
        }
    }

    /**
     * Runs the work once after a time. Cancelling what is returned keeps it from starting, and leaves nothing of it behind.
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
     * Runs the work again and again, as soon as a period has passed and the run before has ended, until it is cancelled.
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

    /** Runs what it is given as {@link #start} does. */
    public Executor executor(String task) {
        return work -> start(task, work);
    }

    /** How many pieces of work wait for their time. */
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

    /** Starts nothing any more. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
