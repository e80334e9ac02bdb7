package io.github.redissessionscaler.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.testing.SetClock;
import io.github.redissessionscaler.testing.TokenServer;
import io.github.redissessionscaler.testing.TokenServer.TokenReply;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access tokens of Entra ID and of Google, with a stand-in for each token service. */
final class TokenIdentityTest {

    private static final String CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

    @TempDir
    private Path directory;

    private final SetClock clock = new SetClock(Instant.parse("2026-11-28T04:00:00Z"));
    private final TokenServer server = TokenServer.start(_ -> reply(jwt("{\"oid\": \"0b1ec7\"}"), 3600));

    @AfterEach
    void stop() {
        server.close();
    }

    private static TokenReply reply(String token, long seconds) {
        return new TokenReply(
                200,
                "{\"token_type\": \"Bearer\", \"access_token\": \"%s\", \"expires_in\": \"%d\"}"
                        .formatted(token, seconds));
    }

    private static String jwt(String claims) {
        return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + ".c2ln";
    }

    /** Azure workload identity of AKS. */
    @Test
    void entraAcceptsTheTokenOfAServiceAccount() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "of.service.account");

        Login login = identity(
                        "azure: {}",
                        Map.of(
                                "AZURE_AUTHORITY_HOST",
                                server.url() + "/",
                                "AZURE_TENANT_ID",
                                "tenant-1",
                                "AZURE_CLIENT_ID",
                                "client-1",
                                "AZURE_FEDERATED_TOKEN_FILE",
                                token.toString()))
                .login();

        assertThat(login.user()).isEqualTo("0b1ec7");
        assertThat(login.token()).isEqualTo(jwt("{\"oid\": \"0b1ec7\"}"));
        assertThat(login.renewFrom()).isEqualTo("2026-11-28T04:45:00Z");
        assertThat(login.validUntil()).isEqualTo("2026-11-28T05:00:00Z");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/tenant-1/oauth2/v2.0/token");
            assertThat(form(request.body()))
                    .isEqualTo(Map.of(
                            "client_id", "client-1",
                            "scope", "https://redis.azure.com/.default",
                            "grant_type", "client_credentials",
                            "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                            "client_assertion", "of.service.account"));
        });
    }

    @Test
    void entraAcceptsAServicePrincipal() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "5ecret\n");

        Login login = identity(
                        "azure: {user: me, tenant: tenant-1, client: client-1, clientSecretFile: " + secret + "}",
                        Map.of("AZURE_AUTHORITY_HOST", server.url()))
                .login();

        assertThat(login.user()).isEqualTo("me");
        assertThat(server.requests())
                .singleElement()
                .satisfies(request -> assertThat(form(request.body()))
                        .containsEntry("client_secret", "5ecret")
                        .containsEntry("client_id", "client-1"));
    }

    @Test
    void azureGivesTheTokenOfAManagedIdentity() throws IOException {
        Login login = identity("azure: {client: client-1}", Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url()))
                .login();

        assertThat(login.user()).isEqualTo("0b1ec7");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path())
                    .isEqualTo("/metadata/identity/oauth2/token?api-version=2018-02-01"
                            + "&resource=https%3A%2F%2Fredis.azure.com&client_id=client-1");
            assertThat(request.headers()).containsEntry("Metadata", "true");
        });
    }

    @Test
    void theTokenIsRenewedBeforeItEnds() throws IOException {
        Identity identity = identity("azure: {}", Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url()));
        Login first = identity.login();
        clock.advance(Duration.ofMinutes(44));
        assertThat(identity.login()).isEqualTo(first);
        assertThat(identity.isDue(first)).isFalse();
        String second = jwt("{\"oid\": \"0b1ec7\", \"n\": 2}");
        server.answer(_ -> reply(second, 3600));

        clock.advance(Duration.ofMinutes(2));

        assertThat(identity.isDue(first)).isTrue();
        assertThat(identity.isValid(first)).isTrue();
        await().until(() -> identity.login().token().equals(second));
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void anErrorOfEntraNamesItsCodeAndNoSecret() throws IOException {
        server.answer(_ -> new TokenReply(
                400,
                "{\"error\": \"unauthorized_client\", \"error_description\": \"AADSTS700016: 5ecret not found\"}"));
        Identity identity = identity("azure: {}", Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url()));

        var failure = catchThrowableOfType(KeyspaceException.class, identity::login);

        assertThat(failure.reason()).isEqualTo(KeyspaceException.Reason.IDENTITY);
        assertThat(failure)
                .hasMessage(
                        "Entra ID: " + server.host() + " answered with status 400, unauthorized_client AADSTS700016");
        server.answer(_ -> reply("opaque", 3600));
        clock.advance(Duration.ofMinutes(1));
        assertThat(catchThrowableOfType(KeyspaceException.class, identity::login))
                .hasMessage("Entra ID: Entra ID answered with a token without an object ID; give user, its object ID");
    }

    @Test
    void googleGivesTheTokenOfTheMachine() throws IOException {
        server.answer(_ -> reply("ya29.1", 3599));

        Login login = identity("google: {}", Map.of("GCE_METADATA_HOST", server.host()))
                .login();

        assertThat(login.user()).isEqualTo("default");
        assertThat(login.token()).isEqualTo("ya29.1");
        assertThat(login.validUntil()).isEqualTo("2026-11-28T04:59:59Z");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/computeMetadata/v1/instance/service-accounts/default/token");
            assertThat(request.headers()).containsEntry("Metadata-Flavor", "Google");
        });
    }

    @Test
    void googleAcceptsWhatTheKeyOfAServiceAccountHasSigned() throws Exception {
        server.answer(_ -> reply("ya29.2", 3599));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        var file = new JsonObject();
        file.addProperty("type", "service_account");
        file.addProperty("private_key_id", "key-1");
        file.addProperty(
                "private_key",
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        file.addProperty("client_email", "scaler@project.iam.gserviceaccount.com");
        file.addProperty("token_uri", server.url() + "/token");
        Path path = Files.writeString(directory.resolve("key.json"), file.toString());

        assertThat(identity("google: {credentialsFile: " + path + "}", Map.of())
                        .login()
                        .token())
                .isEqualTo("ya29.2");

        Map<String, String> form = form(server.requests().getFirst().body());
        assertThat(form).containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        String[] assertion = requireNonNull(form.get("assertion")).split("\\.", -1);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(pair.getPublic());
        signature.update((assertion[0] + "." + assertion[1]).getBytes(UTF_8));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(assertion[2])))
                .isTrue();
        assertThat(JsonParser.parseString(decoded(assertion[0])))
                .isEqualTo(JsonParser.parseString("{\"alg\": \"RS256\", \"typ\": \"JWT\", \"kid\": \"key-1\"}"));
        JsonObject claims = JsonParser.parseString(decoded(assertion[1])).getAsJsonObject();
        assertThat(claims.get("iss").getAsString()).isEqualTo("scaler@project.iam.gserviceaccount.com");
        assertThat(claims.get("aud").getAsString()).isEqualTo(server.url() + "/token");
        assertThat(claims.get("scope").getAsString()).isEqualTo(CLOUD_PLATFORM);
        assertThat(claims.get("exp").getAsLong() - claims.get("iat").getAsLong())
                .isEqualTo(3600);
        assertThat(claims.get("iat").getAsLong()).isEqualTo(clock.instant().getEpochSecond());
    }

    /** Workload identity federation, with a service account to impersonate. */
    @Test
    void googleExchangesTheTokenOfAnotherAuthority() throws IOException {
        server.answer(request -> request.path().equals("/sts")
                ? reply("federated", 3599)
                : new TokenReply(200, "{\"accessToken\": \"ya29.3\", \"expireTime\": \"2026-11-28T05:00:00Z\"}"));
        Path token = Files.writeString(directory.resolve("token"), "{\"id\": \"of.service.account\"}");
        Path file = Files.writeString(directory.resolve("credentials.json"), """
            {"type": "external_account", "audience": "//iam.googleapis.com/pool", "token_url": "%1$s/sts",
             "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
             "service_account_impersonation_url": "%1$s/impersonate",
             "credential_source": {"file": "%2$s", "format": {"type": "json", "subject_token_field_name": "id"}}}
            """.formatted(server.url(), token));

        Login login = identity("google: {user: scaler}", Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))
                .login();

        assertThat(login.user()).isEqualTo("scaler");
        assertThat(login.token()).isEqualTo("ya29.3");
        assertThat(login.validUntil()).isEqualTo("2026-11-28T05:00:00Z");
        assertThat(form(server.requests().getFirst().body()))
                .isEqualTo(Map.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                        "requested_token_type", "urn:ietf:params:oauth:token-type:access_token",
                        "audience", "//iam.googleapis.com/pool",
                        "scope", CLOUD_PLATFORM,
                        "subject_token_type", "urn:ietf:params:oauth:token-type:jwt",
                        "subject_token", "of.service.account"));
        assertThat(server.requests().getLast().headers()).containsEntry("Authorization", "Bearer federated");
    }

    @Test
    void aFileThatIsNoCredentialsSaysSo() throws IOException {
        Path file = Files.writeString(directory.resolve("credentials.json"), "{\"type\": \"5ecret\"}");

        assertThat(catchThrowableOfType(
                        KeyspaceException.class, identity("google: {credentialsFile: " + file + "}", Map.of())::login))
                .hasMessage("Google IAM: the file of Google credentials has a type that is none of service_account,"
                        + " external_account and authorized_user");
        assertThat(catchThrowableOfType(
                        KeyspaceException.class,
                        identity("google: {credentialsFile: " + directory.resolve("gone") + "}", Map.of())::login))
                .hasMessage("Google IAM: the file " + directory.resolve("gone") + " cannot be read: no such file");
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), UTF_8);
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new TreeMap<>();
        Arrays.stream(body.split("&"))
                .map(field -> field.split("=", 2))
                .forEach(field -> form.put(field[0], URLDecoder.decode(field[1], UTF_8)));
        return form;
    }

    private Identity identity(String config, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put(
                "CONFIG_FILE",
                Files.writeString(
                                directory.resolve("config.yaml"),
                                "connections: {default: {address: r, identity: {" + config + "}}}")
                        .toString());
        Credentials credentials = requireNonNull(
                        ConfigLoader.load(all).connections().get("default"))
                .credentials()
                .orElseThrow();
        return credentials.password() instanceof Secret.Token(var identity)
                ? new Identities(Duration.ofMinutes(1), clock).of(identity)
                : fail("no token");
    }
}
