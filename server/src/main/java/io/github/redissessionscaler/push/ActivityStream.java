package io.github.redissessionscaler.push;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.trigger.Database;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One open stream. Only the latest value is sent to a slow client. Thread-safe. */
public final class ActivityStream {

    private final TriggerRef ref;
    private final StreamClient client;
    private final List<DatabaseWatch> watches;
    private final Object refreshing = new Object();
    private final Object sending = new Object();
    private long latestRound = System.nanoTime();
    private @Nullable Boolean latest;
    private @Nullable Boolean sent;
    private long sentAt;
    private boolean ended;

    /**
     * A stream that is not open yet.
     *
     * @param watches of the databases that its trigger reads, in their order; they refresh it while it is open
     */
    ActivityStream(TriggerRef ref, StreamClient client, List<DatabaseWatch> watches) {
        this.ref = ref;
        this.client = client;
        this.watches = List.copyOf(watches);
    }

    /** Whether it is one of the streams of the watch: with several databases, it is refreshed by all of their watches. */
    boolean isOf(DatabaseWatch watch) {
        return watches.getFirst().equals(watch);
    }

    /** Whether a name that its trigger has for a database means another one now. */
    boolean isElsewhere(UnaryOperator<Database> canonical) {
        List<Database> named = ref.trigger().source().databases();
        return IntStream.range(0, watches.size())
                .anyMatch(i ->
                        !canonical.apply(named.get(i)).equals(watches.get(i).database()));
    }

    /** Opens the stream: the activity is sent as soon as it is read. Does not block. */
    public void open() {
        watches.forEach(watch -> watch.add(this));
        if (hasEnded()) {
            watches.forEach(watch -> watch.remove(this));
        }
    }

    private boolean hasEnded() {
        synchronized (sending) {
            return ended;
        }
    }

    /** The client can receive messages again. */
    public void ready() {
        synchronized (sending) {
            sendIfNews();
        }
    }

    /** The client has cancelled. */
    public void cancel() {
        endWith(() -> {});
    }

    /**
     * Evaluates the trigger and sends a change. Blocks until the deadline at most, and throws nothing. While Redis is
     * unavailable and {@code onUnavailable} is {@code error}, or after an internal error, nothing is sent or repeated. A
     * refused trigger ends the stream. Does nothing if a round that began later has already refreshed the stream: this one may
     * have read before that change. Returns whether the activity has changed.
     */
    boolean refresh(Round round, Deadline deadline) {
        synchronized (refreshing) {
            if (hasEnded() || round.began() - latestRound < 0) {
                return false;
            }
            latestRound = round.began();
            try {
                // Sent by the thread that has read: to wake this one first would take as long as the read.
                return Futures.await(round.evaluator().active(ref, deadline).thenApply(this::take));
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

    /** Repeats {@code true} if it was last sent at or before {@code nanoTime}. */
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

    /** Stops repeating the last message until the activity is known again. */
    private void forget() {
        synchronized (sending) {
            latest = null;
        }
    }

    private void endWith(Runnable endCall) {
        synchronized (sending) {
            if (ended) {
                return;
            }
            ended = true;
            try {
                endCall.run();
            } catch (Throwable e) {
                InternalErrors.report("end of a stream", e);
            }
        }
        watches.forEach(watch -> watch.remove(this));
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
