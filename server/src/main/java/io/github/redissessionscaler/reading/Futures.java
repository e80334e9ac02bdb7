package io.github.redissessionscaler.reading;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Unwraps the failures of {@link CompletableFuture}. */
public final class Futures {

    private Futures() {}

    /** Waits for the value, or throws the original failure. Blocks. */
    public static <V> V await(CompletableFuture<V> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw unchecked(e);
        }
    }

    /** The original exception. */
    public static Throwable failure(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The original exception as an unchecked one, to rethrow. */
    public static RuntimeException unchecked(Throwable thrown) {
        Throwable failure = failure(thrown);
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException exception ? exception : new IllegalStateException(failure);
    }
}
