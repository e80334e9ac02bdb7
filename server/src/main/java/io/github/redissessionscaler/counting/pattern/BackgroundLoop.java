package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done again and again on a thread of its own, for as long as some pattern wants it.
 *
 * <p>All but {@link #round} is called with the lock of the entries held.
 */
abstract class BackgroundLoop {

    /** How soon a round that brought nothing is tried again. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    final PatternRegistry entries;
    private final String task;
    private final String name;

    /** By {@link System#nanoTime}: when a round may begin at the soonest, and when it does if nobody waits for it. */
    private long earliest = System.nanoTime();

    private long next = earliest;
    private @Nullable Thread thread;
    private @Nullable KeyspaceException failure;

    /**
     * Rounds that have not begun.
     *
     * @param task what a round does, in one word
     * @param connection of the database
     */
    BackgroundLoop(PatternRegistry entries, String task, String connection) {
        this.entries = entries;
        this.task = task;
        this.name = task + " " + connection;
    }

    /** Begins, unless it has. Throws nothing: where no thread can be started, whoever asks next tries again. */
    final void start() {
        if (thread == null) {
            try {
                thread = Thread.ofVirtual().name(name).start(this::roundsWhileWanted);
            } catch (Throwable e) {
                InternalErrors.report(task, e);
            }
        }
    }

    final void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Why the last round failed, if it did. */
    @Nullable
    KeyspaceException failure() {
        return failure;
    }

    abstract boolean wanted();

    /** Whether somebody waits for the next round. */
    abstract boolean awaited();

    /** When the next round begins that nobody waits for, given when it would. */
    long due(long planned) {
        return planned;
    }

    /**
     * Does the work once, without the lock.
     *
     * @throws KeyspaceException if Redis does not let it
     */
    abstract void round() throws InterruptedException;

    /** A round has failed, for the moment at least: what it has counted before grows old. */
    abstract void outdate();

    final long earliest() {
        return earliest;
    }

    final void succeeded(long pauseNanos) {
        failure = null;
        next = System.nanoTime() + pauseNanos;
        entries.changed.signalAll();
    }

    /** Does the next round soon, whoever waits for it. */
    final void retry() {
        succeeded(RETRY.toNanos());
        restUntilNext();
    }

    /** Lets the next round begin no sooner than planned, whoever waits for it. */
    final void restUntilNext() {
        earliest = next;
    }

    /** Redis answers: if the last round failed because it did not, the next one begins now. */
    final void available() {
        KeyspaceException last = failure;
        if (last != null && !last.reason().answered()) {
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

    /** The thread has ended, for whatever reason: whoever asks next starts another. */
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

    /** Waits for the next round to be due; returns false, with the thread signed off, when nobody wants one any more. */
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
