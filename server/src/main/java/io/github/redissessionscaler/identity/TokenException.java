package io.github.redissessionscaler.identity;

/** A token service gives no token. The message is for an operator and contains no secret. */
final class TokenException extends Exception {

    private static final long serialVersionUID = 1L;

    TokenException(String message) {
        super(message);
    }

    TokenException(String message, Throwable cause) {
        super(message, cause);
    }
}
