package io.github.redissessionscaler.reading;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs each read on one of a few platform threads, which use less CPU than virtual threads to wait for Redis. While all of
 * them are busy, reads run on virtual threads, so that an unavailable Redis does not delay reads of others. Thread-safe.
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
     * @param others runs the other reads, each on a thread of its own
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
     * @throws RejectedExecutionException after {@link #close}
     */
    @Override
    public void execute(Runnable read) {
        try {
            threads.execute(read);
        } catch (OutOfMemoryError e) {
            // The operating system has no more threads; a virtual thread does not need one.
            executeElsewhere(read);
        }
    }

    /** For when all platform threads are busy, none can be started, or after {@link #close}. */
    private void executeElsewhere(Runnable read) {
        if (closed) {
            throw new RejectedExecutionException("the scaler shuts down");
        }
        others.execute(read);
    }

    /** Rejects further reads; reads in progress complete. */
    @Override
    public void close() {
        closed = true;
        threads.shutdown();
    }
}
