package io.github.redissessionscaler.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.redissessionscaler.config.CloudIdentity;
import io.github.redissessionscaler.config.CloudIdentity.GoogleCredentials;
import io.github.redissessionscaler.identity.Renewed.Issued;
import io.github.redissessionscaler.identity.TokenIdentity.UserToken;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;

/** Gets access tokens of Google Cloud: from the metadata server, or as a file of credentials says. */
record GoogleTokenService(CloudIdentity.Google identity, InstantSource clock)
        implements Renewed.TokenService<UserToken> {

    private static final String METADATA = "the metadata server";
    private static final String GOOGLE = "Google's token service";
    private static final String FILE = "the file of Google credentials";
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final long LIFETIME_SECONDS = 3600;

    @Override
    public Issued<UserToken> fetch() throws TokenException {
        return switch (identity.credentials()) {
            case GoogleCredentials.Metadata(URI endpoint) ->
                issued(
                        Http.get(
                                URI.create(endpoint + "/computeMetadata/v1/instance/service-accounts/default/token"),
                                Map.of("Metadata-Flavor", "Google")),
                        METADATA);
            case GoogleCredentials.InFile(Path path) -> ofFile(Http.object(Http.read(path), FILE));
        };
    }

    private Issued<UserToken> ofFile(JsonObject file) throws TokenException {
        String type = Http.text(file, "type", FILE);
        return switch (type) {
            case "service_account" -> ofKey(file);
            case "external_account" -> ofFederation(file);
            case "authorized_user" ->
                issued(
                        Http.postForm(
                                uri("https://oauth2.googleapis.com/token"),
                                Map.of(
                                        "grant_type", "refresh_token",
                                        "client_id", Http.text(file, "client_id", FILE),
                                        "client_secret", Http.text(file, "client_secret", FILE),
                                        "refresh_token", Http.text(file, "refresh_token", FILE))),
                        GOOGLE);
            default ->
                throw new TokenException(
                        FILE + " has a type that is none of service_account, external_account and authorized_user");
        };
    }

    /** By a token that is signed with the key of the service account (RFC 7523). */
    private Issued<UserToken> ofKey(JsonObject file) throws TokenException {
        String tokenUri = Http.text(file, "token_uri", FILE);
        var header = new JsonObject();
        header.addProperty("alg", "RS256");
        header.addProperty("typ", "JWT");
        header.addProperty("kid", Http.text(file, "private_key_id", FILE));
        long now = clock.instant().getEpochSecond();
        var claims = new JsonObject();
        claims.addProperty("iss", Http.text(file, "client_email", FILE));
        claims.addProperty("scope", SCOPE);
        claims.addProperty("aud", tokenUri);
        claims.addProperty("iat", now);
        claims.addProperty("exp", now + LIFETIME_SECONDS);
        String signed = base64(header.toString().getBytes(UTF_8)) + "."
                + base64(claims.toString().getBytes(UTF_8));
        return issued(
                Http.postForm(
                        uri(tokenUri),
                        Map.of(
                                "grant_type",
                                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                "assertion",
                                signed + "." + signature(signed, Http.text(file, "private_key", FILE)))),
                GOOGLE);
    }

    private static String signature(String text, String pem) throws TokenException {
        try {
            byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key)));
            signature.update(text.getBytes(UTF_8));
            return base64(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TokenException(FILE + " has a private_key that is no RSA key in PKCS #8");
        }
    }

    /** Workload identity federation: the token of another authority for one of Google (RFC 8693). */
    private Issued<UserToken> ofFederation(JsonObject file) throws TokenException {
        String reply = Http.postForm(
                uri(Http.text(file, "token_url", FILE)),
                Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:token-exchange",
                        "requested_token_type",
                        "urn:ietf:params:oauth:token-type:access_token",
                        "audience",
                        Http.text(file, "audience", FILE),
                        "scope",
                        SCOPE,
                        "subject_token_type",
                        Http.text(file, "subject_token_type", FILE),
                        "subject_token",
                        subjectToken(file)));
        Issued<UserToken> federated = issued(reply, GOOGLE);
        if (!file.has("service_account_impersonation_url")) {
            return federated;
        }
        var scopes = new JsonArray();
        scopes.add(SCOPE);
        var body = new JsonObject();
        body.add("scope", scopes);
        body.addProperty("lifetime", LIFETIME_SECONDS + "s");
        JsonObject impersonated = Http.object(
                Http.postJson(
                        uri(Http.text(file, "service_account_impersonation_url", FILE)),
                        body.toString(),
                        federated.value().token()),
                GOOGLE);
        Instant expires = Http.instant(Http.text(impersonated, "expireTime", GOOGLE), GOOGLE);
        return new Issued<>(new UserToken(identity.user(), Http.text(impersonated, "accessToken", GOOGLE)), expires);
    }

    private static String subjectToken(JsonObject file) throws TokenException {
        if (!(file.get("credential_source") instanceof JsonObject source) || !source.has("file")) {
            throw new TokenException(FILE + " has a credential_source that names no file");
        }
        String content;
        try {
            content = Http.read(Path.of(Http.text(source, "file", FILE)));
        } catch (InvalidPathException e) {
            throw new TokenException(FILE + " has a credential_source whose file is not a path", e);
        }
        return source.get("format") instanceof JsonObject format && format.has("subject_token_field_name")
                ? Http.text(
                        Http.object(content, "the file of the credential_source"),
                        Http.text(format, "subject_token_field_name", FILE),
                        "the file of the credential_source")
                : content;
    }

    private Issued<UserToken> issued(String reply, String service) throws TokenException {
        JsonObject token = Http.object(reply, service);
        return new Issued<>(
                new UserToken(identity.user(), Http.text(token, "access_token", service)),
                clock.instant().plusSeconds(Http.seconds(token, "expires_in", service)));
    }

    private static URI uri(String text) throws TokenException {
        if (text.matches("https?://[^\\s/]+/\\S*")) {
            try {
                URI uri = URI.create(text);
                if (uri.getHost() != null) {
                    return uri;
                }
            } catch (IllegalArgumentException e) {
                // the problem is the same
            }
        }
        throw new TokenException(FILE + " has an address of a token service that is no http or https URL");
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
