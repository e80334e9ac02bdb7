package io.github.redissessionscaler.input;

/** A limit of the scaler was reached. The message names the setting of the limit. */
public final class LimitReachedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LimitReachedException(String message) {
        super(message);
    }
}
