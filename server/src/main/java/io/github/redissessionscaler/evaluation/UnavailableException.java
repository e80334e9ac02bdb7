package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.KeyspaceException;

/** Redis is unavailable, and the trigger's {@code onUnavailable} is {@code error}. */
public final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnavailableException(KeyspaceException cause) {
        super(cause.reason() + ": " + cause.getMessage(), cause);
    }
}
