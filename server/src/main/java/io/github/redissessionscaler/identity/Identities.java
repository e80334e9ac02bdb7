package io.github.redissessionscaler.identity;

import io.github.redissessionscaler.config.CloudIdentity;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The identities of all connections. Equal ones share their tokens. Thread-safe. */
public final class Identities {

    private final ConcurrentMap<CloudIdentity, Identity> identities = new ConcurrentHashMap<>();
    private final Duration patience;
    private final InstantSource clock;

    /**
     * Asks no token service yet.
     *
     * @param patience how long a connection waits for a token
     * @param clock of this machine: tokens are signed and checked with the time of the world
     */
    public Identities(Duration patience, InstantSource clock) {
        this.patience = patience;
        this.clock = clock;
    }

    /** Those of this machine. */
    public static Identities ofThisMachine(Duration patience) {
        return new Identities(patience, InstantSource.system());
    }

    /** The identity, which asks its token service when it is used first. */
    public Identity of(CloudIdentity identity) {
        return identities.computeIfAbsent(identity, this::create);
    }

    private Identity create(CloudIdentity identity) {
        return switch (identity) {
            case CloudIdentity.Aws aws -> new AwsIdentity(aws, patience, clock);
            case CloudIdentity.Azure azure ->
                new TokenIdentity(azure, new AzureTokenService(azure, clock), patience, clock);
            case CloudIdentity.Google google ->
                new TokenIdentity(google, new GoogleTokenService(google, clock), patience, clock);
        };
    }
}
