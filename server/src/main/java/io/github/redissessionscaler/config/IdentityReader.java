package io.github.redissessionscaler.config;

import io.github.redissessionscaler.config.CloudIdentity.AwsCredentials;
import io.github.redissessionscaler.config.CloudIdentity.AwsService;
import io.github.redissessionscaler.config.CloudIdentity.AzureCredentials;
import io.github.redissessionscaler.config.CloudIdentity.GoogleCredentials;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the identity of a connection. What a pod gets from its cloud service, such as the file of a token, is read from the
 * variables that the service's own libraries use. Not thread-safe.
 */
final class IdentityReader {

    private static final String AWS = "aws";
    private static final String AZURE = "azure";
    private static final String GOOGLE = "google";

    /** IDs of Entra, and names of users. */
    private static final ValueParser<String> PRINCIPAL =
            ValueParser.matching(Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,199}"), "an ID or a name");

    private static final ValueParser<String> REGION = ValueParser.matching(
            Pattern.compile("[a-z]{2,4}(?:-[a-z]{1,20}){1,3}-\\d{1,2}"), "a region such as eu-west-1");

    /** Cache names and user IDs of AWS. */
    private static final ValueParser<String> AWS_NAME =
            ValueParser.matching(Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,49}"), "a name of AWS, such as my-cache");

    /** Hosts of ECS and EKS that give keys to containers, as the AWS libraries allow. */
    private static final Set<String> CONTAINER_HOSTS =
            Set.of("localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    private final Section section;
    private final Map<String, String> environment;

    IdentityReader(Section section, Map<String, String> environment) {
        this.section = section;
        this.environment = environment;
    }

    /** User and identity; empty if they are invalid, which is recorded as a problem. */
    Optional<Credentials> read() {
        Optional<Credentials> aws = section.section(AWS).flatMap(this::aws);
        Optional<Credentials> azure = section.section(AZURE).flatMap(this::azure);
        Optional<Credentials> google = section.section(GOOGLE).flatMap(this::google);
        List<String> given = Stream.of(AWS, AZURE, GOOGLE).filter(section::has).toList();
        if (given.size() != 1) {
            section.problem(
                    given.isEmpty() ? AWS : given.getFirst(),
                    given.isEmpty()
                            ? "is missing, and so are azure and google; give one of them"
                            : "contradicts " + given.get(1) + "; keep one of them");
        }
        return aws.or(() -> azure).or(() -> google);
    }

    private Optional<Credentials> azure(Section azure) {
        Optional<String> user = azure.read("user", PRINCIPAL, Printable::refused);
        Optional<String> tenant = azure.read("tenant", PRINCIPAL, Printable::refused)
                .or(() -> variable(IdentityVariable.AZURE_TENANT_ID));
        Optional<String> client = azure.read("client", PRINCIPAL, Printable::refused)
                .or(() -> variable(IdentityVariable.AZURE_CLIENT_ID));
        Optional<Path> secret = azure.file("clientSecretFile");
        Optional<Path> token = file(azure, IdentityVariable.AZURE_FEDERATED_TOKEN_FILE);
        Optional<AzureCredentials> credentials;
        if (secret.isPresent() || token.isPresent()) {
            if (tenant.isEmpty()) {
                azure.problem("tenant", "is missing; give the ID of the tenant, or set AZURE_TENANT_ID");
            }
            if (client.isEmpty()) {
                azure.problem("client", "is missing; give the client ID of the principal, or set AZURE_CLIENT_ID");
            }
            credentials = tenant.isEmpty() || client.isEmpty()
                    ? Optional.empty()
                    : uri(azure, IdentityVariable.AZURE_AUTHORITY_HOST, "https://login.microsoftonline.com")
                            .map(authority -> secret.<AzureCredentials>map(path -> new AzureCredentials.Principal(
                                            authority, tenant.get(), client.get(), new Secret.InFile(path)))
                                    .orElseGet(() -> new AzureCredentials.Workload(
                                            authority, tenant.get(), client.get(), token.orElseThrow())));
        } else {
            credentials = uri(azure, IdentityVariable.AZURE_POD_IDENTITY_AUTHORITY_HOST, "http://169.254.169.254")
                    .map(endpoint -> new AzureCredentials.Managed(endpoint, client));
        }
        return credentials.map(known ->
                new Credentials(user.orElse("(object ID)"), new Secret.Token(new CloudIdentity.Azure(user, known))));
    }

    private Optional<Credentials> google(Section google) {
        String user = google.read("user", PRINCIPAL, Printable::refused).orElse("default");
        Optional<Path> file =
                google.file("credentialsFile").or(() -> file(google, IdentityVariable.GOOGLE_APPLICATION_CREDENTIALS));
        Optional<GoogleCredentials> credentials = file.<GoogleCredentials>map(GoogleCredentials.InFile::new)
                .or(() -> uri(
                                google,
                                IdentityVariable.GCE_METADATA_HOST.name(),
                                "http://"
                                        + variable(IdentityVariable.GCE_METADATA_HOST)
                                                .orElse("metadata.google.internal"))
                        .map(GoogleCredentials.Metadata::new));
        return credentials.map(known -> new Credentials(user, new Secret.Token(new CloudIdentity.Google(user, known))));
    }

    private Optional<Credentials> aws(Section aws) {
        Optional<String> cache = required(aws, "cache", AWS_NAME);
        Optional<String> user = required(aws, "user", AWS_NAME);
        AwsService service =
                aws.read("service", ValueParser.choice(AwsService.class)).orElse(AwsService.ELASTICACHE);
        boolean serverless = aws.read("serverless", ValueParser.BOOLEAN).orElse(false);
        Optional<String> region = aws.read("region", REGION)
                .or(() -> variable(IdentityVariable.AWS_REGION))
                .or(() -> variable(IdentityVariable.AWS_DEFAULT_REGION));
        if (region.isEmpty() && !aws.has("region")) {
            aws.problem("region", "is missing; give it, or set AWS_REGION");
        }
        if (serverless && service == AwsService.MEMORYDB) {
            aws.problem("serverless", "is of ElastiCache; remove it for MemoryDB");
        }
        Optional<AwsCredentials> credentials = region.flatMap(known -> awsCredentials(aws, known));
        return credentials.isEmpty() || cache.isEmpty() || user.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credentials(
                        user.get(),
                        new Secret.Token(new CloudIdentity.Aws(
                                service,
                                region.orElseThrow(),
                                // AWS signs for the name as it stores it
                                cache.get().toLowerCase(Locale.ROOT),
                                user.get(),
                                serverless,
                                credentials.get()))));
    }

    /** The first of the sources that the AWS libraries use in a pod or on a machine. */
    private Optional<AwsCredentials> awsCredentials(Section aws, String region) {
        Optional<String> accessKey = variable(IdentityVariable.AWS_ACCESS_KEY_ID);
        Optional<String> secretKey = variable(IdentityVariable.AWS_SECRET_ACCESS_KEY);
        if (accessKey.isPresent() && secretKey.isPresent()) {
            return Optional.of(new AwsCredentials.Keys(
                    new Secret.Literal(accessKey.get()),
                    new Secret.Literal(secretKey.get()),
                    variable(IdentityVariable.AWS_SESSION_TOKEN).map(Secret.Literal::new)));
        }
        Optional<Path> token = file(aws, IdentityVariable.AWS_WEB_IDENTITY_TOKEN_FILE);
        Optional<String> role = variable(IdentityVariable.AWS_ROLE_ARN);
        if (token.isPresent() && role.isPresent()) {
            return uri(
                            aws,
                            IdentityVariable.AWS_ENDPOINT_URL_STS,
                            "https://sts." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : ""))
                    .map(endpoint -> new AwsCredentials.WebIdentity(
                            endpoint,
                            role.get(),
                            variable(IdentityVariable.AWS_ROLE_SESSION_NAME).orElse("redis-session-scaler"),
                            token.get()));
        }
        Optional<Secret> authorization = file(aws, IdentityVariable.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)
                .<Secret>map(Secret.InFile::new)
                .or(() -> variable(IdentityVariable.AWS_CONTAINER_AUTHORIZATION_TOKEN)
                        .map(Secret.Literal::new));
        Optional<String> relative = variable(IdentityVariable.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI);
        if (relative.isPresent()) {
            return uri(
                            aws,
                            IdentityVariable.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.name(),
                            "http://169.254.170.2" + relative.get())
                    .map(endpoint -> new AwsCredentials.Container(endpoint, authorization));
        }
        if (variable(IdentityVariable.AWS_CONTAINER_CREDENTIALS_FULL_URI).isPresent()) {
            return uri(aws, IdentityVariable.AWS_CONTAINER_CREDENTIALS_FULL_URI, "")
                    .filter(endpoint -> isOfContainers(aws, endpoint))
                    .map(endpoint -> new AwsCredentials.Container(endpoint, authorization));
        }
        return uri(aws, IdentityVariable.AWS_EC2_METADATA_SERVICE_ENDPOINT, "http://169.254.169.254")
                .map(AwsCredentials.Instance::new);
    }

    private static boolean isOfContainers(Section aws, URI endpoint) {
        boolean allowed = "https".equals(endpoint.getScheme()) || CONTAINER_HOSTS.contains(endpoint.getHost());
        if (!allowed) {
            aws.problems()
                    .add(
                            IdentityVariable.AWS_CONTAINER_CREDENTIALS_FULL_URI.name(),
                            "is neither https nor an address of ECS, EKS or this machine; correct or unset it");
        }
        return allowed;
    }

    private static <T> Optional<T> required(Section section, String key, ValueParser<T> values) {
        if (!section.has(key)) {
            section.problem(key, "is missing; give " + values.accepted());
        }
        return section.read(key, values, Printable::refused);
    }

    private Optional<String> variable(IdentityVariable variable) {
        return Optional.ofNullable(environment.get(variable.name())).filter(value -> !value.isEmpty());
    }

    private Optional<Path> file(Section section, IdentityVariable variable) {
        return variable(variable).flatMap(text -> {
            Optional<Path> path = Section.path(text);
            if (path.isEmpty()) {
                section.problems().add(variable.name(), "is not a path; it names the file of a token");
            }
            return path;
        });
    }

    /** The endpoint; empty if it is invalid, which is recorded as a problem. */
    private Optional<URI> uri(Section section, IdentityVariable variable, String otherwise) {
        return uri(section, variable.name(), variable(variable).orElse(otherwise));
    }

    /** @param given the key or variable that the text comes from */
    private static Optional<URI> uri(Section section, String given, String url) {
        String text = url.replaceFirst("/+$", "");
        try {
            URI uri = URI.create(text);
            if (Set.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // the problem is the same
        }
        section.problems().add(given, "does not give an http or https URL of a token service");
        return Optional.empty();
    }
}
