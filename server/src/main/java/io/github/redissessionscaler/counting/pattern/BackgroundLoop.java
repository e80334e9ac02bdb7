package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs rounds of work on a thread of its own while a pattern needs them.
 *
 * <p>All methods except {@link #round} must be called with the lock of the entries held.
 */
abstract class BackgroundLoop {

    /** Delay before a failed round is retried. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    final PatternRegistry entries;
    private final String task;
    private final String name;

    /** The earliest start of the next round, and its start if no call waits for it, as {@link System#nanoTime}. */
    private long earliest = System.nanoTime();

    private long next = earliest;
    private @Nullable Thread thread;
    private @Nullable KeyspaceException failure;

    /**
     * A loop that is not started.
     *
     * @param task name of the work, one word
     * @param connection of the database
     */
    BackgroundLoop(PatternRegistry entries, String task, String connection) {
        this.entries = entries;
        this.task = task;
        this.name = task + " " + connection;
    }

    /** Starts the thread unless it is running. Throws nothing: if no thread can be started, the next call retries. */
    final void start() {
        if (thread == null) {
            try {
                thread = thread(name, this::roundsWhileWanted);
            } catch (Throwable e) {
                InternalErrors.report(task, e);
            }
        }
    }

    /** Starts a thread. */
    Thread thread(String name, Runnable work) {
        return Thread.ofVirtual().name(name).start(work);
    }

    final void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** The failure of the last round, or null. */
    @Nullable
    KeyspaceException failure() {
        return failure;
    }

    abstract boolean wanted();

    /** Whether a call waits for the next round. */
    abstract boolean awaited();

    /** Start of the next round if no call waits for it, given the planned one. */
    long due(long planned) {
        return planned;
    }

    /**
     * Does the work once, without the lock.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    abstract void round() throws InterruptedException;

    /** Called after a failed round: earlier counts that its rounds renew become outdated. */
    abstract void outdate();

    final long earliest() {
        return earliest;
    }

    final void succeeded(long pauseNanos) {
        failure = null;
        next = System.nanoTime() + pauseNanos;
        entries.changed.signalAll();
    }

    /** Schedules the next round soon. */
    final void retry() {
        succeeded(RETRY.toNanos());
        restUntilNext();
    }

    /** Prevents the next round from starting before it is planned, even if a call waits. */
    final void restUntilNext() {
        restUntil(next);
    }

    /** Prevents the next round from starting before this time, even if a call waits. */
    final void restUntil(long nanoTime) {
        earliest = nanoTime;
    }

    /** Redis is available: if the last round failed because it was not, starts the next one now. */
    final void available() {
        KeyspaceException last = failure;
        if (last != null && !last.reason().redisAvailable()) {
            succeeded(0);
            earliest = next;
            outdate();
        }
    }

    private void failed(KeyspaceException reason) {
        entries.lock.lock();
        try {
            retry();
            failure = reason;
            outdate();
        } finally {
            entries.lock.unlock();
        }
    }

    private void roundsWhileWanted() {
        try {
            while (awaitDue()) {
                try {
                    round();
                } catch (KeyspaceException e) {
                    failed(e);
                } catch (RuntimeException | Error e) {
                    InternalErrors.report(task, e);
                    failed(new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler", e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            InternalErrors.report(task, e);
        } finally {
            ended();
        }
    }

    /** The thread has ended; the next call starts another. */
    private void ended() {
        entries.lock.lock();
        try {
            if (thread == Thread.currentThread()) {
                thread = null;
            }
        } finally {
            entries.lock.unlock();
        }
    }

    /** Waits until the next round is due. Returns false, and marks the thread as finished, if none is needed. */
    private boolean awaitDue() throws InterruptedException {
        entries.lock.lockInterruptibly();
        try {
            while (true) {
                entries.forgetIdle();
                if (entries.closed() || !wanted()) {
                    thread = null;
                    return false;
                }
                long left = (awaited() ? earliest : due(next)) - System.nanoTime();
                if (left <= 0) {
                    return true;
                }
                entries.changed.awaitNanos(left);
            }
        } finally {
            entries.lock.unlock();
        }
    }
}
