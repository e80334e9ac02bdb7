package io.github.redissessionscaler.identity;

import com.google.gson.JsonObject;
import io.github.redissessionscaler.config.CloudIdentity.AwsCredentials;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.identity.AwsSignature.AwsKeys;
import io.github.redissessionscaler.identity.Renewed.Issued;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gets the keys that sign tokens from where AWS offers them to a pod or a machine. */
record AwsKeyService(AwsCredentials credentials) implements Renewed.TokenService<AwsKeys> {

    private static final String METADATA = "the instance metadata service";
    private static final String CONTAINER = "the container credentials endpoint";
    private static final String STS = "STS";

    @Override
    public Issued<AwsKeys> fetch() throws TokenException {
        return switch (credentials) {
            case AwsCredentials.Keys(Secret access, Secret secret, Optional<Secret> token) ->
                new Issued<>(
                        new AwsKeys(
                                Http.read(access),
                                Http.read(secret),
                                token.isPresent() ? Optional.of(Http.read(token.get())) : Optional.empty()),
                        Instant.MAX);
            case AwsCredentials.WebIdentity(URI endpoint, String role, String session, Path token) ->
                ofWebIdentity(endpoint, role, session, Http.read(token));
            case AwsCredentials.Container(URI endpoint, Optional<Secret> authorization) ->
                issued(
                        Http.get(
                                endpoint,
                                authorization.isPresent()
                                        ? Map.of("Authorization", Http.read(authorization.get()))
                                        : Map.of()),
                        CONTAINER);
            case AwsCredentials.Instance(URI endpoint) -> ofInstance(endpoint);
        };
    }

    private static Issued<AwsKeys> ofWebIdentity(URI endpoint, String role, String session, String token)
            throws TokenException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("Action", "AssumeRoleWithWebIdentity");
        form.put("Version", "2011-06-15");
        form.put("RoleArn", role);
        form.put("RoleSessionName", session);
        form.put("WebIdentityToken", token);
        String reply = Http.postForm(URI.create(endpoint + "/"), form);
        return new Issued<>(
                new AwsKeys(
                        element(reply, "AccessKeyId"),
                        element(reply, "SecretAccessKey"),
                        Optional.of(element(reply, "SessionToken"))),
                Http.instant(element(reply, "Expiration"), STS));
    }

    /** The text of the only element of this name: the reply is flat, and the JDK's XML parsers would be a module more. */
    private static String element(String xml, String name) throws TokenException {
        Matcher element =
                Pattern.compile("<" + name + ">([^<&]+)</" + name + ">").matcher(xml);
        if (!element.find()) {
            throw new TokenException(STS + " answered without " + name);
        }
        return element.group(1).strip();
    }

    private static Issued<AwsKeys> ofInstance(URI endpoint) throws TokenException {
        String session = Http.put(
                URI.create(endpoint + "/latest/api/token"), Map.of("X-aws-ec2-metadata-token-ttl-seconds", "300"));
        Map<String, String> headers = Map.of("X-aws-ec2-metadata-token", session.strip());
        String roles = endpoint + "/latest/meta-data/iam/security-credentials/";
        String role =
                Http.get(URI.create(roles), headers).strip().lines().findFirst().orElse("");
        if (role.isEmpty()) {
            throw new TokenException("the instance has no role; give it one, or use a service account with a role");
        }
        return issued(Http.get(URI.create(roles + Http.encoded(role)), headers), METADATA);
    }

    private static Issued<AwsKeys> issued(String reply, String service) throws TokenException {
        JsonObject keys = Http.object(reply, service);
        return new Issued<>(
                new AwsKeys(
                        Http.text(keys, "AccessKeyId", service),
                        Http.text(keys, "SecretAccessKey", service),
                        Optional.of(Http.text(keys, "Token", service))),
                Http.instant(Http.text(keys, "Expiration", service), service));
    }
}
