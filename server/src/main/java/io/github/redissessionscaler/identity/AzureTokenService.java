package io.github.redissessionscaler.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import io.github.redissessionscaler.config.CloudIdentity;
import io.github.redissessionscaler.config.CloudIdentity.AzureCredentials;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.identity.Renewed.Issued;
import io.github.redissessionscaler.identity.TokenIdentity.UserToken;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Gets access tokens for Redis from Microsoft Entra ID. */
record AzureTokenService(CloudIdentity.Azure identity, InstantSource clock) implements Renewed.TokenService<UserToken> {

    private static final String ENTRA = "Entra ID";
    private static final String RESOURCE = "https://redis.azure.com";

    @Override
    public Issued<UserToken> fetch() throws TokenException {
        JsonObject reply = Http.object(
                switch (identity.credentials()) {
                    case AzureCredentials.Workload(URI authority, String tenant, String client, Path token) ->
                        ofTenant(
                                authority,
                                tenant,
                                client,
                                Map.of(
                                        "client_assertion_type",
                                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                                        "client_assertion",
                                        Http.read(token)));
                    case AzureCredentials.Principal(URI authority, String tenant, String client, Secret secret) ->
                        ofTenant(authority, tenant, client, Map.of("client_secret", Http.read(secret)));
                    case AzureCredentials.Managed(URI endpoint, Optional<String> client) ->
                        Http.get(
                                URI.create(endpoint + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                                        + Http.encoded(RESOURCE)
                                        + client.map(id -> "&client_id=" + Http.encoded(id))
                                                .orElse("")),
                                Map.of("Metadata", "true"));
                },
                ENTRA);
        String token = Http.text(reply, "access_token", ENTRA);
        String user = identity.user().isPresent() ? identity.user().get() : objectId(token);
        return new Issued<>(
                new UserToken(user, token), clock.instant().plusSeconds(Http.seconds(reply, "expires_in", ENTRA)));
    }

    private static String ofTenant(URI authority, String tenant, String client, Map<String, String> proof)
            throws TokenException {
        Map<String, String> form = new LinkedHashMap<>(proof);
        form.put("client_id", client);
        form.put("scope", RESOURCE + "/.default");
        form.put("grant_type", "client_credentials");
        return Http.postForm(URI.create(authority + "/" + Http.encoded(tenant) + "/oauth2/v2.0/token"), form);
    }

    /** The object ID of the principal, a claim of the token. Redis verifies the token. */
    private static String objectId(String token) throws TokenException {
        String[] parts = token.split("\\.", -1);
        try {
            if (parts.length == 3) {
                return Http.text(
                        Http.object(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8), ENTRA), "oid", ENTRA);
            }
        } catch (IllegalArgumentException e) {
            // the message would quote the token
        }
        throw new TokenException(ENTRA + " answered with a token without an object ID; give user, its object ID");
    }
}
