package io.github.redissessionscaler.reading;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs each read on one of a few threads of the system, which wait for Redis with less ado than virtual threads; and on a
 * virtual one while all of the few are busy, so that a Redis that does not answer holds up no other. Thread-safe.
 */
public final class ReadExecutor implements Executor, AutoCloseable {

    private static final int FEW = 4;
    private static final long IDLE_SECONDS = 10;

    private final Executor others;
    private final ThreadPoolExecutor threads;
    private volatile boolean closed;

    /**
     * No thread has started yet.
     *
     * @param others runs what the few have no time for, each on a thread of its own
     */
    public ReadExecutor(Executor others) {
        this.others = others;
        threads = new ThreadPoolExecutor(
                0,
                FEW,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().name("read-", 0).daemon().factory(),
                (read, _) -> executeElsewhere(read));
    }

    /**
     * Runs the read.
     *
     * @throws RejectedExecutionException after the end
     */
    @Override
    public void execute(Runnable read) {
        try {
            threads.execute(read);
        } catch (OutOfMemoryError e) {
            // The system refuses another thread: the read has not run, and a virtual thread needs none.
            executeElsewhere(read);
        }
    }

    /** All of the few are busy, none can be started, or the end has come. */
    private void executeElsewhere(Runnable read) {
        if (closed) {
            throw new RejectedExecutionException("no read is started any more");
        }
        others.execute(read);
    }

    /** Starts no read any more; reads under way end by themselves. */
    @Override
    public void close() {
        closed = true;
        threads.shutdown();
    }
}
