package io.github.redissessionscaler.identity;

import java.time.Instant;

/**
 * A user and a token for AUTH.
 *
 * @param renewFrom from when a connection should authenticate with a newer token
 * @param validUntil when Redis closes a connection that has not
 */
public record Login(String user, String token, Instant renewFrom, Instant validUntil) {

    /** Without the token. */
    @Override
    public String toString() {
        return "Login[user=" + user + ", validUntil=" + validUntil + "]";
    }
}
