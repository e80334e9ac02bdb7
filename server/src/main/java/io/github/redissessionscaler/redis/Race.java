package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts in parallel on virtual threads; the first success wins. Attempts are not interrupted: each ends by itself,
 * and late results are discarded. Thread-safe.
 */
final class Race<T> {

    private final Consumer<T> discard;
    private int running;
    private boolean over;
    private @Nullable T result;
    private @Nullable RuntimeException failure;

    /**
     * A race without attempts.
     *
     * @param discard closes a late result
     */
    Race(Consumer<T> discard) {
        this.discard = discard;
    }

    /** Starts an attempt. */
    void start(Supplier<T> attempt) {
        synchronized (this) {
            running++;
        }
        try {
            Thread.ofVirtual().name("race").start(() -> run(attempt));
        } catch (Throwable e) {
            failed(internal(e));
        }
    }

    private void run(Supplier<T> attempt) {
        try {
            succeeded(attempt.get());
        } catch (RuntimeException e) {
            failed(e);
        } catch (Throwable e) {
            failed(internal(e));
        }
    }

    private static RuntimeException internal(Throwable e) {
        InternalErrors.report("connecting to one of several addresses or nodes", e);
        return new KeyspaceException(Reason.INTERNAL, "internal error", e);
    }

    private void succeeded(T value) {
        synchronized (this) {
            running--;
            if (!over) {
                over = true;
                result = value;
                notifyAll();
                return;
            }
        }
        discard.accept(value);
    }

    /** Prefers a failure with a reply over a timeout. */
    private synchronized void failed(RuntimeException e) {
        running--;
        if (failure == null || RedisErrors.isConnectionLost(failure)) {
            failure = e;
        }
        notifyAll();
    }

    /** Waits for the result; empty if all attempts have failed, or on timeout. */
    synchronized Optional<T> await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            while (result == null && running > 0) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(result);
    }

    /**
     * Waits for the result; later successes are discarded. Throws the failure of an attempt, or {@code late}, if there is
     * none.
     */
    T awaitLast(Duration time, Supplier<RuntimeException> late) {
        var _ = await(time);
        synchronized (this) {
            over = true;
            if (result != null) {
                return result;
            }
            throw failure == null ? late.get() : failure;
        }
    }
}
