package io.github.redissessionscaler.evaluation;

/** A namespace may not use a Redis connection. */
public final class AccessDeniedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public AccessDeniedException(String message) {
        super(message);
    }
}
