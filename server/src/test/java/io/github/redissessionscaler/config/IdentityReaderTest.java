package io.github.redissessionscaler.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.config.CloudIdentity.AwsCredentials;
import io.github.redissessionscaler.config.CloudIdentity.AwsService;
import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Identities in the configuration file, with what pods have in their environment. */
final class IdentityReaderTest {

    @TempDir
    private Path directory;

    @Test
    void theRoleOfAServiceAccountIsReadFromTheEnvironment() throws IOException {
        assertThat(credentials(
                        "aws: {cache: Shop, user: scaler}",
                        Map.of(
                                "AWS_REGION", "cn-north-1",
                                "AWS_ROLE_ARN", "arn:role",
                                "AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token")))
                .isEqualTo(new Credentials(
                        "scaler",
                        new Secret.Token(new CloudIdentity.Aws(
                                AwsService.ELASTICACHE,
                                "cn-north-1",
                                "shop",
                                "scaler",
                                false,
                                new AwsCredentials.WebIdentity(
                                        URI.create("https://sts.cn-north-1.amazonaws.com.cn"),
                                        "arn:role",
                                        "redis-session-scaler",
                                        Path.of("/var/run/token"))))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x | http://169.254.170.2/v2/x",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials |"
                        + " http://169.254.170.23/v1/credentials",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/v1 | http://[fd00:ec2::23]/v1",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://keys.example/v1 | https://keys.example/v1",
            })
    void keysOfContainersComeFromWhereAwsOffersThem(String variable, String endpoint) throws IOException {
        String[] parts = variable.split("=", 2);

        Credentials credentials =
                credentials("aws: {cache: shop, user: scaler, region: eu-west-1}", Map.of(parts[0], parts[1]));

        assertThat(credentials.password())
                .isInstanceOfSatisfying(
                        Secret.Token.class,
                        token -> assertThat(token.identity())
                                .hasFieldOrPropertyWithValue(
                                        "credentials",
                                        new AwsCredentials.Container(URI.create(endpoint), Optional.empty())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | '' | identity.aws: is missing, and so are azure and google; give one of them",
                "google: {users: u} | '' | identity.google.users: is not known; did you mean 'user'?",
                "azure: {tenant: t} | AZURE_FEDERATED_TOKEN_FILE=/t | identity.azure.client: is missing; give the"
                        + " client ID of the principal, or set AZURE_CLIENT_ID",
                "aws: {} | AWS_REGION=eu-west-1 | identity.aws.cache: is missing; give a name of AWS, such as my-cache;"
                        + " connections.default.identity.aws.user: is missing; give a name of AWS, such as my-cache",
                "aws: {cache: c, user: u} | '' | identity.aws.region: is missing; give it, or set AWS_REGION",
                "aws: {cache: c, user: u, region: Ireland} | '' | identity.aws.region: 'Ireland' is not a region such"
                        + " as eu-west-1",
                "aws: {cache: c, user: u, service: redis} | AWS_REGION=eu-west-1 | identity.aws.service: 'redis' is not"
                        + " elasticache or memorydb",
                "aws: {service: memorydb, cache: c, user: u, serverless: true} | AWS_REGION=eu-west-1 |"
                        + " identity.aws.serverless: is of ElastiCache; remove it for MemoryDB",
                "aws: {cache: c, usr: u} | AWS_REGION=eu-west-1 | identity.aws.user: is missing; give a name of AWS,"
                        + " such as my-cache; connections.default.identity.aws.usr: is not known; did you mean 'user'?",
            })
    void whatIsWrongIsSaid(String identity, String variable, String problem) throws IOException {
        String[] parts = variable.split("=", 2);

        assertThat(problems(identity, variable.isEmpty() ? Map.of() : Map.of(parts[0], parts[1])))
                .isEqualTo("connections.default." + problem);
    }

    @Test
    void anEndpointOfAnotherHostIsRefused() throws IOException {
        assertThat(problems(
                        "aws: {cache: c, user: u, region: eu-west-1}",
                        Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://keys.example/v1")))
                .isEqualTo("AWS_CONTAINER_CREDENTIALS_FULL_URI: is neither https nor an address of ECS, EKS or this"
                        + " machine; correct or unset it");
        assertThat(problems(
                        "aws: {cache: c, user: u, region: eu-west-1}",
                        Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254")))
                .isEqualTo("AWS_EC2_METADATA_SERVICE_ENDPOINT: does not give an http or https URL of a token service");
    }

    @Test
    void aPasswordBesideAnIdentityIsRefused() throws IOException {
        assertThat(problems("aws: {cache: c, user: u, region: eu-west-1}\n    password: hush", Map.of()))
                .isEqualTo("connections.default.identity: takes the place of a password, and one is given; keep one of"
                        + " them");
    }

    private String problems(String identity, Map<String, String> environment) throws IOException {
        Map<String, String> all = environment(identity, environment);
        return String.valueOf(catchThrowableOfType(InvalidInputException.class, () -> ConfigLoader.load(all))
                .getMessage());
    }

    private Credentials credentials(String identity, Map<String, String> environment) throws IOException {
        return requireNonNull(ConfigLoader.load(environment(identity, environment))
                        .connections()
                        .get("default"))
                .credentials()
                .orElseThrow();
    }

    private Map<String, String> environment(String identity, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        String indented = identity.equals("{}") ? " {}" : "\n      " + identity;
        all.put(
                "CONFIG_FILE",
                Files.writeString(
                                directory.resolve("config.yaml"),
                                "connections:\n  default:\n    address: r\n    identity:" + indented + "\n")
                        .toString());
        return all;
    }
}
