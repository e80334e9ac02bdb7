package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.KeyspaceException;

/** Redis does not answer, and the trigger wants to be told so. */
public final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnavailableException(KeyspaceException cause) {
        super(cause.reason() + ": " + cause.getMessage(), cause);
    }
}
