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
 * Attempts at one thing, each on a virtual thread of its own, of which the first that succeeds counts. None is interrupted:
 * each ends by itself, and a result that comes too late is discarded. Thread-safe.
 */
final class Race<T> {

    private final Consumer<T> discard;
    private int running;
    private boolean over;
    private @Nullable T result;
    private @Nullable RuntimeException failure;

    /**
     * Nothing is attempted yet.
     *
     * @param discard closes a result that came second
     */
    Race(Consumer<T> discard) {
        this.discard = discard;
    }

    /** Starts one more attempt. */
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

    /** An answer that says what is wrong is kept in favour of none. */
    private synchronized void failed(RuntimeException e) {
        running--;
        if (failure == null || RedisErrors.isConnectionLost(failure)) {
            failure = e;
        }
        notifyAll();
    }

    /** The result, as soon as there is one; empty when all attempts have failed, or none has succeeded in this time. */
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

    /** The same, as the last one to wait: what succeeds later is discarded. When there is none, the failure of one that has failed, or else {@code late}, is thrown. */
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
