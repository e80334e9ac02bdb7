package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.CloudIdentity;
import io.github.redissessionscaler.config.CloudIdentity.AwsCredentials;
import io.github.redissessionscaler.config.CloudIdentity.AwsService;
import io.github.redissessionscaler.config.CloudIdentity.GoogleCredentials;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.identity.Identities;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.SetClock;
import io.github.redissessionscaler.testing.TokenServer;
import io.github.redissessionscaler.testing.TokenServer.TokenReply;
import io.github.redissessionscaler.trigger.Database;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Connections that authenticate with tokens, to a redis-server that accepts the token of the moment as password. */
final class IdentityConnectionsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final String KEYS = """
        {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "Token": "t", "Expiration": "2026-11-28T11:10:00Z"}
        """;

    private final SetClock clock = new SetClock(Instant.parse("2026-11-28T00:00:00Z"));
    private final TokenServer service = TokenServer.start(_ -> new TokenReply(200, KEYS));
    private final CloudIdentity identity = new CloudIdentity.Aws(
            AwsService.ELASTICACHE,
            "eu-west-1",
            "my-cache",
            "scaler",
            false,
            new AwsCredentials.Container(URI.create(service.url() + "/credentials"), Optional.empty()));
    private final TokenServer metadata = TokenServer.start(_ -> token("ya29.1"));
    private final RedisServer redis = RedisServer.start("--notify-keyspace-events", "AKE");
    private final Jedis admin = redis.connect();
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);
    private final RedisKeyspaces keyspaces = new RedisKeyspaces(
            () -> Map.of(
                    "default",
                    connection("default", identity),
                    "google",
                    connection(
                            "google",
                            new CloudIdentity.Google(
                                    "scaler", new GoogleCredentials.Metadata(URI.create(metadata.url()))))),
            TIMEOUT,
            telemetry,
            new Identities(TIMEOUT, clock));
    private final Database database = new Database("default", OptionalInt.empty());

    private ConnectionConfig connection(String name, CloudIdentity who) {
        return new ConnectionConfig(
                name,
                new Topology.Standalone(new Node("127.0.0.1", redis.port())),
                0,
                Optional.of(new Credentials("scaler", new Secret.Token(who))),
                Optional.empty(),
                Set.of());
    }

    private static TokenReply token(String token) {
        return new TokenReply(200, "{\"access_token\": \"%s\", \"expires_in\": 3600}".formatted(token));
    }

    @BeforeEach
    void acceptTheTokenOfNow() {
        accept();
    }

    @AfterEach
    void stop() {
        keyspaces.close();
        telemetry.close();
        admin.close();
        redis.close();
        service.close();
        metadata.close();
    }

    /** The metadata server gives the same token until it is nearly at its end. */
    @Test
    void aConnectionIsAuthenticatedWithANewerAccessToken() {
        admin.aclSetUser("scaler", "resetpass", ">ya29.1");
        Keyspace keyspace = keyspaces.of(new Database("google", OptionalInt.empty()));
        keyspace.ping();
        clock.advance(Duration.ofMinutes(50));
        await().until(() -> {
            keyspace.ping();
            return metadata.requests().size() == 2;
        });
        keyspace.ping();
        assertThat(redis.calls("auth")).isEqualTo(1);

        metadata.answer(_ -> token("ya29.2"));
        admin.aclSetUser("scaler", "resetpass", ">ya29.2");
        clock.advance(Duration.ofMinutes(50));
        await().until(() -> {
            keyspace.ping();
            return redis.calls("auth") == 2;
        });

        metadata.answer(_ -> new TokenReply(503, ""));
        clock.advance(Duration.ofMinutes(50));
        keyspace.ping();
        assertThat(redis.calls("auth")).isEqualTo(2);
        assertThat(admin.clientList().lines().filter(line -> line.contains("user=scaler")))
                .hasSize(1);
    }

    /** The token that the scaler will sign now is the user's only password. */
    private void accept() {
        String token = new Identities(TIMEOUT, clock).of(identity).login().token();
        admin.aclSetUser("scaler", "on", "resetpass", ">" + token, "+@all", "~*", "&*");
    }

    @Test
    void aConnectionIsAuthenticatedAgainBeforeItsTimeEnds() {
        Keyspace keyspace = keyspaces.of(database);
        keyspace.ping();
        long opened = connectionsReceived();
        assertThat(redis.calls("auth")).isEqualTo(1);

        clock.advance(Duration.ofHours(10));
        keyspace.ping();
        assertThat(redis.calls("auth")).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        accept();
        keyspace.ping();
        keyspace.ping();

        assertThat(redis.calls("auth")).isEqualTo(2);
        // those of calls() itself
        assertThat(connectionsReceived() - opened).isEqualTo(3);
    }

    @Test
    void aLiveConnectionOutlastsAnOutageOfTheTokenService() {
        Keyspace keyspace = keyspaces.of(database);
        keyspace.ping();
        service.answer(_ -> new TokenReply(503, ""));
        // the connection should be authenticated again, but the keys for that have ended
        clock.advance(Duration.ofHours(11).plusMinutes(30));
        keyspace.ping();
        clock.advance(Duration.ofDays(1));

        var failure = catchThrowableOfType(KeyspaceException.class, keyspace::ping);

        assertThat(failure.reason()).isEqualTo(Reason.IDENTITY);
        assertThat(failure.reason().redisAvailable()).isFalse();
        assertThat(failure.getMessage()).contains("AWS IAM for the cache my-cache", "status 503");
        service.answer(_ -> new TokenReply(200, KEYS.replace("11-28", "12-28")));
        clock.advance(Duration.ofMinutes(1));
        accept();
        keyspace.ping();
    }

    @Test
    void aRefusedTokenSaysWhatToCheck() {
        admin.aclSetUser("scaler", "resetpass", ">other");

        var failure = catchThrowableOfType(
                KeyspaceException.class, () -> keyspaces.of(database).ping());

        assertThat(failure.reason()).isEqualTo(Reason.WRONGPASS);
        assertThat(failure)
                .hasMessage("Redis at " + redis.address()
                        + " refuses the token of the scaler's identity; check region, cache and user of its identity,"
                        + " that the user authenticates by IAM and belongs to the cache, and that the role may call"
                        + " elasticache:Connect for both");
    }

    @Test
    void eventsComeOverAnotherConnectionBeforeTheTimeOfOneEnds() {
        var heard = new CountedEvents();
        try (var _ = keyspaces.listen(database, heard)) {
            awaitEvent(heard);
            int before = heard.interruptions();

            clock.advance(Duration.ofHours(11));
            accept();
            awaitEvent(heard);
            await().until(() -> {
                admin.set("session:1", "x");
                return heard.interruptions() >= before + 2;
            });
            awaitEvent(heard);
        }
    }

    private void awaitEvent(CountedEvents heard) {
        int before = heard.events();
        await().until(() -> {
            admin.set("session:1", "x");
            return heard.events() > before;
        });
    }

    private long connectionsReceived() {
        return Long.parseLong(admin.info("stats").replaceAll("(?s).*total_connections_received:(\\d+).*", "$1"));
    }
}
