package io.github.redissessionscaler.identity;

import io.github.redissessionscaler.config.CloudIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** An identity whose access token is the password. Redis closes a connection when its token ends. */
final class TokenIdentity implements Identity {

    /** An access token and the user that it is for. */
    record UserToken(String user, String token) {

        /** Without the token. */
        @Override
        public String toString() {
            return "UserToken[" + user + "]";
        }
    }

    private final CloudIdentity identity;
    private final Renewed<UserToken> tokens;
    private final InstantSource clock;

    TokenIdentity(
            CloudIdentity identity, Renewed.TokenService<UserToken> service, Duration patience, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
        tokens = new Renewed<>(identity.description(), service, patience, clock);
    }

    @Override
    public Login login() {
        Renewed.Current<UserToken> current = tokens.current();
        return new Login(current.value().user(), current.value().token(), current.renewFrom(), current.expires());
    }

    @Override
    public String whenRefused() {
        return identity.whenRefused();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }
}
