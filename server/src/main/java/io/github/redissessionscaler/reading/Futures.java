package io.github.redissessionscaler.reading;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What is missing from {@link CompletableFuture}: failures as they were thrown, without what the stages wrap them in. */
public final class Futures {

    private Futures() {}

    /** Waits for the value, or throws what it has failed with. For a thread that may block. */
    public static <V> V await(CompletableFuture<V> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw unchecked(e);
        }
    }

    /** What was thrown first. */
    public static Throwable failure(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The same, to be thrown again. */
    public static RuntimeException unchecked(Throwable thrown) {
        Throwable failure = failure(thrown);
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException exception ? exception : new IllegalStateException(failure);
    }
}
