package io.github.redissessionscaler.push;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.trigger.Database;
import org.jspecify.annotations.Nullable;

/** One open stream: what its client was sent, and what it is owed. The latest value wins. Thread-safe. */
public final class Subscription {

    private final TriggerRef asked;
    private final StreamClient client;
    private final DatabaseWatch watch;
    private final Object refreshing = new Object();
    private final Object sending = new Object();
    private @Nullable Boolean latest;
    private @Nullable Boolean sent;
    private long sentAt;
    private boolean ended;

    /**
     * A stream that has not begun.
     *
     * @param watch refreshes it from its beginning to its end
     */
    Subscription(TriggerRef asked, StreamClient client, DatabaseWatch watch) {
        this.asked = asked;
        this.client = client;
        this.watch = watch;
    }

    /** The database as its trigger names it. */
    Database database() {
        return asked.trigger().source().database();
    }

    /** Begins: the state is sent as soon as it is read. Does not block. */
    public void open() {
        watch.add(this);
    }

    /** The client can take messages again. */
    public void ready() {
        synchronized (sending) {
            sendIfNews();
        }
    }

    /** The client has gone. */
    public void cancel() {
        endWith(() -> {});
    }

    /**
     * Asks anew and sends what is news. Blocks until the deadline at most, and throws nothing. While Redis is unavailable and
     * the trigger wants an error, or the scaler itself fails, there is nothing to send, and nothing is repeated; a trigger that
     * is refused ends the stream. Returns whether the value is another than before.
     */
    boolean refresh(Evaluator evaluator, Deadline deadline) {
        synchronized (refreshing) {
            try {
                return take(Futures.await(evaluator.active(asked, deadline)));
            } catch (UnavailableException e) {
                forget();
                return false;
            } catch (InvalidInputException | AccessDeniedException | LimitReachedException e) {
                endWith(() -> client.fail(e));
                return false;
            } catch (Throwable e) {
                InternalErrors.report("push", e);
                forget();
                return false;
            }
        }
    }

    /** Sends {@code true} again if it was last sent at or before {@code nanoTime}. */
    void heartbeat(long nanoTime) {
        try {
            repeat(nanoTime);
        } catch (Throwable e) {
            InternalErrors.report("push heartbeat", e);
        }
    }

    private void repeat(long nanoTime) {
        synchronized (sending) {
            if (!ended
                    && Boolean.TRUE.equals(sent)
                    && Boolean.TRUE.equals(latest)
                    && sentAt - nanoTime <= 0
                    && client.isReady()) {
                send(true);
            }
        }
    }

    void end() {
        endWith(client::end);
    }

    private boolean take(boolean active) {
        synchronized (sending) {
            boolean changed = latest != null && latest != active;
            latest = active;
            sendIfNews();
            return changed;
        }
    }

    /** What was sent last is not repeated while nobody knows whether it is still so. */
    private void forget() {
        synchronized (sending) {
            latest = null;
        }
    }

    private void endWith(Runnable lastWord) {
        synchronized (sending) {
            if (ended) {
                return;
            }
            ended = true;
            try {
                lastWord.run();
            } catch (Throwable e) {
                InternalErrors.report("end of a stream", e);
            }
        }
        watch.remove(this);
    }

    private void sendIfNews() {
        Boolean active = latest;
        if (!ended && active != null && !active.equals(sent) && client.isReady()) {
            send(active);
        }
    }

    private void send(boolean active) {
        sent = active;
        sentAt = System.nanoTime();
        client.send(active);
    }
}
