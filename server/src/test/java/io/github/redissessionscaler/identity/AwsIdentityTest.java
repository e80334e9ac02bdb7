package io.github.redissessionscaler.identity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.testing.SetClock;
import io.github.redissessionscaler.testing.TokenServer;
import io.github.redissessionscaler.testing.TokenServer.TokenReply;
import io.github.redissessionscaler.testing.TokenServer.TokenRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IAM tokens, with a stand-in for each service that gives keys to a pod or a machine. */
final class AwsIdentityTest {

    private static final String CACHE =
            "connections: {default: {address: r, identity: {aws: {cache: My-Cache, user: scaler}}}}";

    private static final String KEYS = """
        {"Code": "Success", "AccessKeyId": "ASIA1", "SecretAccessKey": "5ecret/key+1", "Token": "t0ken/1==",
         "Expiration": "2026-11-28T05:00:00Z"}
        """;

    @TempDir
    private Path directory;

    private final SetClock clock = new SetClock(Instant.parse("2026-11-28T04:00:00Z"));
    private final TokenServer server = TokenServer.start(_ -> new TokenReply(200, KEYS));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void signsWithFixedKeys() throws IOException {
        Identity identity = identity(
                CACHE,
                Map.of("AWS_ACCESS_KEY_ID", "AKIA1", "AWS_SECRET_ACCESS_KEY", "5ecret", "AWS_REGION", "eu-west-1"));

        Login login = identity.login();

        assertThat(login.user()).isEqualTo("scaler");
        assertThat(login.token())
                .startsWith("my-cache/?Action=connect&User=scaler&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        + "&X-Amz-Credential=AKIA1%2F20261128%2Feu-west-1%2Felasticache%2Faws4_request"
                        + "&X-Amz-Date=20261128T040000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=");
        assertThat(login.renewFrom()).isEqualTo("2026-11-28T15:00:00Z");
        assertThat(login.validUntil()).isEqualTo("2026-11-28T16:00:00Z");
        assertThat(login).asString().doesNotContain("Signature");
    }

    @Test
    void aServerlessCacheAndMemoryDbAreSignedForThemselves() throws IOException {
        Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "AKIA1", "AWS_SECRET_ACCESS_KEY", "5ecret");

        assertThat(identity(
                                "connections: {default: {address: r, identity: {aws: {cache: c, user: u, region:"
                                        + " us-east-1, serverless: true}}}}",
                                keys)
                        .login()
                        .token())
                .startsWith("c/?Action=connect&ResourceType=ServerlessCache&User=u&")
                .contains("us-east-1%2Felasticache");
        assertThat(identity(
                                "connections: {default: {address: r, identity: {aws: {service: memorydb, cache: c,"
                                        + " user: u, region: us-gov-west-1}}}}",
                                keys)
                        .login()
                        .token())
                .startsWith("c/?Action=connect&User=u&")
                .contains("us-gov-west-1%2Fmemorydb");
    }

    /** A service account of EKS with a role (IRSA). */
    @Test
    void assumesTheRoleOfAServiceAccount() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "of.service.account\n");
        server.answer(request -> new TokenReply(200, """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult>
                <Credentials>
                  <AccessKeyId>ASIA2</AccessKeyId>
                  <SecretAccessKey>5ecret</SecretAccessKey>
                  <SessionToken>t0ken/2==</SessionToken>
                  <Expiration>2026-11-28T05:00:00Z</Expiration>
                </Credentials>
              </AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """));
        Identity identity = identity(
                CACHE,
                Map.of(
                        "AWS_REGION",
                        "eu-west-1",
                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                        token.toString(),
                        "AWS_ROLE_ARN",
                        "arn:aws:iam::123456789012:role/scaler",
                        "AWS_ENDPOINT_URL_STS",
                        server.url()));

        assertThat(identity.login().token()).contains("ASIA2%2F", "&X-Amz-Security-Token=t0ken%2F2%3D%3D&");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/");
            assertThat(request.body())
                    .isEqualTo("Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                            + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fscaler"
                            + "&RoleSessionName=redis-session-scaler&WebIdentityToken=of.service.account");
        });
    }

    /** EKS Pod Identity, and ECS. */
    @Test
    void takesTheKeysOfAContainer() throws IOException {
        Path authorization = Files.writeString(directory.resolve("token"), "of.pod\n");
        Identity identity = identity(
                CACHE,
                Map.of(
                        "AWS_REGION",
                        "eu-west-1",
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                        server.url() + "/v1/credentials",
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                        authorization.toString()));

        assertThat(identity.login().token()).contains("ASIA1%2F", "&X-Amz-Security-Token=t0ken%2F1%3D%3D&");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/v1/credentials");
            assertThat(request.headers()).containsEntry("Authorization", "of.pod");
        });
    }

    @Test
    void takesTheKeysOfTheMachine() throws IOException {
        server.answer(AwsIdentityTest::instanceMetadata);
        Identity identity =
                identity(CACHE, Map.of("AWS_REGION", "eu-west-1", "AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()));

        assertThat(identity.login().token()).contains("ASIA1%2F");
        assertThat(server.requests())
                .extracting(request -> request.method() + " " + request.path())
                .containsExactly(
                        "PUT /latest/api/token",
                        "GET /latest/meta-data/iam/security-credentials/",
                        "GET /latest/meta-data/iam/security-credentials/node-role");
    }

    private static TokenReply instanceMetadata(TokenRequest request) {
        if (request.method().equals("PUT")) {
            return new TokenReply(
                    request.headers().containsKey("X-aws-ec2-metadata-token-ttl-seconds") ? 200 : 400, "session");
        }
        if (!"session".equals(request.headers().get("X-aws-ec2-metadata-token"))) {
            return new TokenReply(401, "");
        }
        return new TokenReply(200, request.path().endsWith("/") ? "node-role" : KEYS);
    }

    @Test
    void renewsTheKeysBeforeTheyEnd() throws IOException {
        Identity identity = identity(
                CACHE,
                Map.of("AWS_REGION", "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/credentials"));
        assertThat(identity.login().token()).contains("ASIA1%2F");
        clock.advance(Duration.ofMinutes(44));
        assertThat(identity.login().token()).contains("ASIA1%2F", "X-Amz-Date=20261128T044400Z");
        assertThat(server.requests()).hasSize(1);
        server.answer(_ -> new TokenReply(200, KEYS.replace("ASIA1", "ASIA2").replace("T05:", "T06:")));

        clock.advance(Duration.ofMinutes(2));

        await().until(() -> identity.login().token().contains("ASIA2%2F"));
        assertThat(server.requests()).hasSize(2);
    }

    /** The keys that are valid are used while their service is unavailable. */
    @Test
    void keysStayInUseUntilTheyEnd() throws IOException {
        Identity identity = identity(
                CACHE,
                Map.of("AWS_REGION", "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/credentials"));
        assertThat(identity.login().token()).contains("ASIA1%2F");
        server.answer(_ -> new TokenReply(500, "t0p 5ecret"));
        clock.advance(Duration.ofMinutes(50));
        assertThat(identity.login().token()).contains("ASIA1%2F");
        await().until(() -> server.requests().size() == 2);

        clock.advance(Duration.ofMinutes(11));

        var failure = catchThrowableOfType(KeyspaceException.class, identity::login);
        assertThat(failure.reason()).isEqualTo(KeyspaceException.Reason.IDENTITY);
        assertThat(failure)
                .hasMessage("AWS IAM for the cache my-cache: " + server.host() + " answered with status 500");
        int requests = server.requests().size();
        assertThat(catchThrowableOfType(KeyspaceException.class, identity::login))
                .hasMessage(failure.getMessage());
        assertThat(server.requests())
                .as("no request before the pause has passed")
                .hasSize(requests);
        server.answer(_ -> new TokenReply(200, KEYS.replace("T05:", "T06:")));
        clock.advance(Duration.ofMinutes(1));
        assertThat(identity.login().token()).contains("ASIA1%2F");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 |"
                    + " <ErrorResponse><Error><Code>AccessDenied</Code><Message>5ecret</Message></Error></ErrorResponse>"
                    + " | answered with status 403, AccessDenied",
                "200 | 5ecret | the container credentials endpoint did not answer with a JSON object",
                "200 | {\"AccessKeyId\": \"5ecret\"} | the container credentials endpoint answered without"
                        + " SecretAccessKey",
                "200 | {\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"5ecret\", \"Token\": \"t\", \"Expiration\":"
                        + " \"soon\"} | the container credentials endpoint answered with an expiry that is no time",
                "302 | 5ecret | answered with status 302",
            })
    void aFailureNamesItsReasonAndNoSecret(int status, String reply, String message) throws IOException {
        server.answer(_ -> new TokenReply(status, reply));
        Identity identity = identity(
                CACHE,
                Map.of("AWS_REGION", "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/credentials"));

        var failure = catchThrowableOfType(KeyspaceException.class, identity::login);

        assertThat(failure.reason()).isEqualTo(KeyspaceException.Reason.IDENTITY);
        assertThat(failure.getMessage()).endsWith(message).doesNotContain("5ecret");
    }

    @Test
    void callersWaitForOneRequest() throws Exception {
        var arrived = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        server.answer(_ -> {
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new TokenReply(200, KEYS);
        });
        Map<String, String> environment =
                Map.of("AWS_REGION", "eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/credentials");
        Identity impatient = identity(CACHE, environment, Duration.ofMillis(1));

        assertThat(catchThrowableOfType(KeyspaceException.class, impatient::login))
                .hasMessage("AWS IAM for the cache my-cache: the token service has not answered yet");
        arrived.await();
        assertThat(catchThrowableOfType(KeyspaceException.class, impatient::login))
                .isNotNull();
        released.countDown();
        await().ignoreExceptions().until(() -> impatient.login().user().equals("scaler"));
        assertThat(server.requests()).hasSize(1);
    }

    private Identity identity(String config, Map<String, String> environment) throws IOException {
        return identity(config, environment, Duration.ofMinutes(1));
    }

    private Identity identity(String config, Map<String, String> environment, Duration patience) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put(
                "CONFIG_FILE",
                Files.writeString(directory.resolve("config.yaml"), config).toString());
        Credentials credentials = requireNonNull(
                        ConfigLoader.load(all).connections().get("default"))
                .credentials()
                .orElseThrow();
        return credentials.password() instanceof Secret.Token(var identity)
                ? new Identities(patience, clock).of(identity)
                : fail("no token");
    }
}
