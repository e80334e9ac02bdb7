package io.github.redissessionscaler.redis;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What one connection has asked and not been answered yet, and what the replies to it may take: time from the first byte of
 * the first command to the last byte of the last reply, and memory.
 *
 * <p>For one thread at a time, beside the one that closes connections whose time is over.
 */
final class Exchange {

    /** Memory for the replies of one exchange, in bytes. */
    static final long MOST_MEMORY = 4L << 20;

    /** What an exchange may take while {@link #MOST_LARGE} others take more. */
    static final long LITTLE_MEMORY = 256L << 10;

    /** How many exchanges of the process may take much memory at a time; others wait for them. */
    static final int MOST_LARGE = 2;

    private static final Semaphore LARGE = new Semaphore(MOST_LARGE, true);

    private static final long NONE = Long.MIN_VALUE;

    /** Its one thread starts with the first connection, so that it need not be started when threads are scarce. */
    private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

    private final Socket socket;
    private final long nanos;

    private int unanswered;
    private boolean replying;
    private boolean unaskedToo;
    private HiddenSecret secret = HiddenSecret.NONE;
    private String command = "";
    private long memory;

    /** By {@link System#nanoTime}, or {@link #NONE}. Guarded by this, as the next three are. */
    private long deadline = NONE;

    private boolean large;
    private boolean watched;
    private boolean expired;

    /**
     * Nothing has been asked yet.
     *
     * @param socket is closed when the time is over, which ends whatever waits on it
     * @param time for an exchange
     */
    Exchange(Socket socket, Duration time) {
        this.socket = socket;
        this.nanos = time.toNanos();
    }

    private static ScheduledThreadPoolExecutor deadlines() {
        var executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("redis-deadlines").daemon().factory());
        executor.prestartAllCoreThreads();
        return executor;
    }

    /**
     * A command begins.
     *
     * @param replies where its reply will come
     * @throws MalformedReplyException if there is a reply that it could be taken for
     */
    void asked(ReplyStream replies) throws IOException {
        if (unanswered == 0 && !unaskedToo && replies.hasMore()) {
            throw new MalformedReplyException("a reply that nothing was asked for");
        }
        if (replying && unanswered > 0) {
            throw new MalformedReplyException("fewer replies than there were commands");
        }
        if (unanswered == 0) {
            replying = false;
            startTime();
        }
        unanswered++;
    }

    /**
     * What was asked last, which says what the replies may be.
     *
     * @param argument the last one of the command
     */
    void asked(String name, byte[] argument) {
        command = name.toUpperCase(Locale.ROOT);
        if (command.equals("AUTH")) {
            secret = new HiddenSecret(argument);
        }
        if (command.equals("PSUBSCRIBE")) {
            // From now on messages come without being asked for, the first perhaps with the reply. Each has the time of
            // an exchange.
            unaskedToo = true;
        }
    }

    /** Whether the reply is a long text that is wanted as a whole. */
    boolean asksForInfo() {
        return command.equals("INFO");
    }

    /** Whether strings of the reply are names of nodes, which people are shown. */
    boolean asksForNames() {
        return command.equals("CLUSTER") || command.equals("SENTINEL");
    }

    /** The password that was sent last, which the server may repeat. */
    HiddenSecret secret() {
        return secret;
    }

    /** The replies need so much more memory. */
    void needs(long bytes) throws IOException {
        memory += bytes;
        if (memory > MOST_MEMORY) {
            throw new MalformedReplyException("a reply that needs more than " + (MOST_MEMORY >> 20) + " MiB of memory");
        }
        if (memory > LITTLE_MEMORY && !isLarge()) {
            takeTurn();
        }
    }

    private synchronized boolean isLarge() {
        return large;
    }

    private void takeTurn() throws IOException {
        try {
            if (!LARGE.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw new SocketTimeoutException("too many large replies of Redis at a time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the caller no longer waits");
        }
        synchronized (this) {
            large = true;
        }
    }

    /** A whole reply has passed. */
    void replied() throws MalformedReplyException {
        replying = true;
        if (unanswered == 0 && !unaskedToo) {
            throw new MalformedReplyException("more replies than there were commands");
        }
        unanswered = Math.max(0, unanswered - 1);
        if (unanswered == 0) {
            ended();
        }
    }

    /** All that has come is looked at; part of a reply may be missing. */
    void paused(boolean betweenReplies) {
        if (unanswered == 0 && !betweenReplies) {
            startTime();
        }
    }

    /** The exchange is over, or the connection is. */
    synchronized void ended() {
        memory = 0;
        deadline = NONE;
        if (large) {
            large = false;
            LARGE.release();
        }
    }

    /** What blocks on the socket. */
    interface Blocking {
        int run() throws IOException;
    }

    /** Does it, and says what its end means if it is the time's. */
    int timed(Blocking work) throws IOException {
        try {
            return work.run();
        } catch (IOException e) {
            if (isExpired()) {
                var late =
                        new SocketTimeoutException("no whole reply in " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
                late.addSuppressed(e);
                throw late;
            }
            throw e;
        }
    }

    private synchronized boolean isExpired() {
        return expired;
    }

    /** The time of an exchange starts now, unless it runs. */
    synchronized void startTime() {
        if (deadline == NONE) {
            deadline = System.nanoTime() + nanos;
            if (!watched) {
                watched = true;
                watch(nanos);
            }
        }
    }

    private void watch(long forNanos) {
        var _ = DEADLINES.schedule(this::look, forNanos, TimeUnit.NANOSECONDS);
    }

    /** One look for all exchanges that have begun since it was planned: it costs a busy connection next to nothing. */
    private void look() {
        synchronized (this) {
            if (deadline == NONE) {
                watched = false;
                return;
            }
            long left = deadline - System.nanoTime();
            if (left > 0) {
                watch(left);
                return;
            }
            expired = true;
        }
        try {
            socket.close();
        } catch (IOException | RuntimeException e) {
            // it is closed all the same
        }
    }
}
