package io.github.redissessionscaler.identity;

import io.github.redissessionscaler.config.CloudIdentity;
import io.github.redissessionscaler.config.CloudIdentity.AwsService;
import io.github.redissessionscaler.identity.AwsSignature.AwsKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Proves an IAM identity to ElastiCache or MemoryDB. The token is a request to connect, signed for the cache and the user,
 * which is never sent over HTTP. It can be used for 15 minutes, and the connection for twelve hours.
 */
final class AwsIdentity implements Identity {

    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(15);
    private static final Duration CONNECTION_LIFETIME = Duration.ofHours(12);
    private static final Duration RENEWED_AFTER = Duration.ofHours(11);

    private final CloudIdentity.Aws identity;
    private final Renewed<AwsKeys> keys;
    private final InstantSource clock;

    AwsIdentity(CloudIdentity.Aws identity, Duration patience, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
        keys = new Renewed<>(identity.description(), new AwsKeyService(identity.credentials()), patience, clock);
    }

    @Override
    public Login login() {
        String service = identity.service().name().toLowerCase(Locale.ROOT);
        var signature = new AwsSignature(keys.current().value(), identity.region(), service);
        Map<String, String> parameters = new TreeMap<>(Map.of("Action", "connect", "User", identity.user()));
        if (identity.serverless() && identity.service() == AwsService.ELASTICACHE) {
            parameters.put("ResourceType", "ServerlessCache");
        }
        Instant now = clock.instant();
        return new Login(
                identity.user(),
                signature.presigned(identity.cache(), "/", parameters, TOKEN_LIFETIME, now, AwsSignature.NO_BODY),
                now.plus(RENEWED_AFTER),
                now.plus(CONNECTION_LIFETIME));
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
