package io.github.redissessionscaler.identity;

import java.time.Instant;

/** Proves who the scaler is to one Redis. Thread-safe. */
public interface Identity {

    /**
     * A user and a token that is valid now. Waits for a token service at most for the timeout of Redis.
     *
     * @throws io.github.redissessionscaler.keyspace.KeyspaceException with the reason IDENTITY if there is no valid token
     */
    Login login();

    /** What to check if Redis refuses the token, a clause. */
    String whenRefused();

    /** The time by the clock of this machine, to which the times of a {@link Login} compare. */
    Instant now();

    /** Whether a connection with this login should authenticate again. Does not block. */
    default boolean isDue(Login login) {
        return !now().isBefore(login.renewFrom());
    }

    /** Whether Redis still serves a connection with this login. */
    default boolean isValid(Login login) {
        return now().isBefore(login.validUntil());
    }
}
