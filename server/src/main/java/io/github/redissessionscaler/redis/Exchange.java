package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.background.InternalErrors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The unanswered commands of one connection, and the limits on their replies: the time from the first byte of the first
 * command to the last byte of the last reply, and memory.
 *
 * <p>For one thread at a time, besides the one that closes connections after their deadline.
 */
final class Exchange {

    /** Limit on the memory of the replies of one exchange, in bytes. */
    static final long MOST_MEMORY = 4L << 20;

    /** Limit on the memory of an exchange while {@link #MOST_LARGE} others take more, in bytes. */
    static final long LITTLE_MEMORY = 256L << 10;

    /** Number of exchanges of the process that may take more memory at a time; others wait. */
    static final int MOST_LARGE = 2;

    private static final Semaphore LARGE = new Semaphore(MOST_LARGE, true);

    private static final long NONE = Long.MIN_VALUE;

    /** Its thread starts with the first connection, not when threads may be scarce. */
    private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

    private final Socket socket;
    private final long nanos;

    private int unanswered;
    private boolean replying;
    private boolean unaskedToo;
    private HiddenSecret secret = HiddenSecret.NONE;
    private String command = "";
    private long memory;

    /** By {@link System#nanoTime}, or {@link #NONE}. Guarded by this, as the next four are. */
    private long deadline = NONE;

    private boolean large;
    private boolean watched;
    private boolean expired;
    private boolean closed;

    /**
     * No command has been sent yet.
     *
     * @param socket closed at the deadline, which ends blocked reads and writes
     * @param time limit of an exchange
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
     * A command starts.
     *
     * @param replies the stream that will have its reply
     * @throws MalformedReplyException if there already is a reply, which could be mistaken for its own
     */
    void asked(ReplyStream replies) throws IOException {
        if (unanswered == 0 && !unaskedToo && replies.hasMore()) {
            throw new MalformedReplyException("a reply without a command");
        }
        if (isBetweenReplies()) {
            throw new MalformedReplyException("fewer replies than there were commands");
        }
        if (unanswered == 0) {
            replying = false;
            startTime();
        }
        unanswered++;
    }

    /**
     * Records the last command, which determines the permitted replies.
     *
     * @param argument the last argument of the command
     */
    void asked(String name, byte[] argument) {
        command = name.toUpperCase(Locale.ROOT);
        if (command.equals("AUTH")) {
            secret = new HiddenSecret(argument);
        }
        if (command.equals("PSUBSCRIBE")) {
            // From now on messages are pushed, the first perhaps together with the reply. Each has the time limit of
            // an exchange.
            unaskedToo = true;
        }
    }

    /** The last command, in upper case. */
    String command() {
        return command;
    }

    /** Whether the last command carried the password, which the reply may repeat in any form. */
    boolean authenticates() {
        return command.equals("AUTH") || command.equals("HELLO");
    }

    /** Whether the reply is a long text that must not be truncated. */
    boolean asksForInfo() {
        return command.equals("INFO");
    }

    /** Whether strings of the reply are names of nodes, which appear in messages. */
    boolean asksForNames() {
        return command.equals("CLUSTER") || command.equals("SENTINEL");
    }

    /** The last password sent, which the server may echo. */
    HiddenSecret secret() {
        return secret;
    }

    /** Reserves memory for replies. */
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
                throw new SocketTimeoutException("too many large replies at a time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the caller no longer waits");
        }
        synchronized (this) {
            if (closed) {
                LARGE.release();
                throw new SocketException("the connection was closed");
            }
            large = true;
        }
    }

    /** A reply is complete. */
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

    /** Whether some of the commands of the exchange have a reply, and not all. */
    boolean isBetweenReplies() {
        return replying && unanswered > 0;
    }

    /** All received bytes have been processed; a reply may be incomplete. */
    void paused(boolean betweenReplies) {
        if (unanswered == 0 && !betweenReplies) {
            startTime();
        }
    }

    /** The connection was closed; there is no other exchange on it. */
    synchronized void close() {
        closed = true;
        ended();
    }

    /** The exchange has ended. */
    synchronized void ended() {
        memory = 0;
        deadline = NONE;
        if (large) {
            large = false;
            LARGE.release();
        }
    }

    /** A blocking operation on the socket. */
    interface Blocking {
        int run() throws IOException;
    }

    /** Runs the operation; throws a timeout if the deadline closed the socket. */
    int timed(Blocking work) throws IOException {
        try {
            return work.run();
        } catch (IOException e) {
            if (isExpired()) {
                var late = new SocketTimeoutException(
                        "no complete reply within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
                late.addSuppressed(e);
                throw late;
            }
            throw e;
        }
    }

    private synchronized boolean isExpired() {
        return expired;
    }

    /** Starts the time limit of an exchange, unless it is running. */
    synchronized void startTime() {
        if (deadline == NONE) {
            deadline = System.nanoTime() + nanos;
            if (!watched) {
                watch(nanos);
                watched = true;
            }
        }
    }

    private void watch(long forNanos) {
        var _ = DEADLINES.schedule(this::look, forNanos, TimeUnit.NANOSECONDS);
    }

    /** Checks the deadline. One check covers all exchanges since it was scheduled, so it costs a busy connection little. */
    private void look() {
        synchronized (this) {
            if (deadline == NONE) {
                watched = false;
                return;
            }
            long left = deadline - System.nanoTime();
            if (left > 0) {
                try {
                    watch(left);
                    return;
                } catch (Throwable e) {
                    // without a check the exchange could last for ever, so it ends now
                    InternalErrors.report("redis deadlines", e);
                }
            }
            watched = false;
            expired = true;
        }
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed all the same
        } catch (Throwable e) {
            InternalErrors.report("redis deadlines", e);
        }
    }
}
