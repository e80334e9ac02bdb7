package io.github.redissessionscaler.input;

/** The scaler has as much of something as it may. The message names the setting that says how much. */
public final class LimitReachedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LimitReachedException(String message) {
        super(message);
    }
}
