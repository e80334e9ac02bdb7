package io.github.redissessionscaler.activity;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.Asked;
import io.github.redissessionscaler.evaluation.Deadline;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.Futures;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.problem.LimitReachedException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One open stream: what its client was sent, and what it is owed. The latest value wins. Thread-safe. */
public final class Subscription<V> {

    /** What a stream tells of its trigger. */
    interface Question<V> {
        CompletableFuture<V> ask(Evaluator evaluator, Asked asked, Deadline deadline);
    }

    private final Asked asked;
    private final Question<V> question;
    private final Predicate<V> repeated;
    private final Client<V> client;
    private final DatabaseWatch watch;
    private final Object refreshing = new Object();
    private final Object sending = new Object();
    private @Nullable V latest;
    private @Nullable V sent;
    private long sentAt;
    private boolean ended;

    /**
     * A stream that has not begun.
     *
     * @param repeated which values are sent again on every heartbeat
     * @param watch refreshes it from its beginning to its end
     */
    Subscription(Asked asked, Question<V> question, Predicate<V> repeated, Client<V> client, DatabaseWatch watch) {
        this.asked = asked;
        this.question = question;
        this.repeated = repeated;
        this.client = client;
        this.watch = watch;
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
                return take(Futures.await(question.ask(evaluator, asked, deadline)));
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

    /** Sends a repeated value again if it was last sent at or before {@code nanoTime}. */
    void heartbeat(long nanoTime) {
        try {
            repeat(nanoTime);
        } catch (Throwable e) {
            InternalErrors.report("push heartbeat", e);
        }
    }

    private void repeat(long nanoTime) {
        synchronized (sending) {
            V value = sent;
            if (!ended
                    && value != null
                    && value.equals(latest)
                    && repeated.test(value)
                    && sentAt - nanoTime <= 0
                    && client.isReady()) {
                send(value);
            }
        }
    }

    void end() {
        endWith(client::end);
    }

    private boolean take(V value) {
        synchronized (sending) {
            boolean changed = latest != null && !value.equals(latest);
            latest = value;
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
        V value = latest;
        if (!ended && value != null && !value.equals(sent) && client.isReady()) {
            send(value);
        }
    }

    private void send(V value) {
        sent = value;
        sentAt = System.nanoTime();
        client.send(value);
    }
}
