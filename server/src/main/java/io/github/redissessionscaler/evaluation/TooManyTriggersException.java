package io.github.redissessionscaler.evaluation;

/** More triggers are in use than the scaler is configured to serve. */
public final class TooManyTriggersException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyTriggersException(int limit) {
        super("the scaler serves " + limit + " triggers already; raise the limit in its configuration");
    }
}
