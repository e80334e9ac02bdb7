package io.github.redissessionscaler.config;

import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.input.TextSchema;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.input.YamlMistakes;
import io.github.redissessionscaler.trigger.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Makes the configuration of the environment and of the file that it names. */
public final class ConfigLoader {

    /** The environment variable that names the configuration file. */
    public static final String CONFIG_FILE = "CONFIG_FILE";

    private static final String API_HOST = "KUBERNETES_SERVICE_HOST";
    private static final String API_PORT = "KUBERNETES_SERVICE_PORT";
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Map<String, String> environment;
    private final Section file;
    private final Problems problems;

    /** Connections whose files must be readable. */
    private final Predicate<ConnectionConfig> needsFiles;

    private ConfigLoader(
            Map<String, String> environment, Section file, Problems problems, Predicate<ConnectionConfig> needsFiles) {
        this.environment = environment;
        this.file = file;
        this.problems = problems;
        this.needsFiles = needsFiles;
    }

    /**
     * The configuration. The files that connections name may be missing.
     *
     * @param environment variables by name; an empty one counts as not set
     * @throws InvalidInputException with everything that is wrong; no secret is in it
     */
    public static ServerConfig load(Map<String, String> environment) {
        return load(environment, _ -> false);
    }

    /**
     * The configuration in place of another one. The files that new and changed connections name must be readable: Kubernetes
     * updates the ConfigMap of a running pod, but mounts the Secrets of a new connection in new pods only.
     *
     * @param environment as for {@link #load(Map)}
     * @throws InvalidInputException as for {@link #load(Map)}
     */
    static ServerConfig reload(Map<String, String> environment, ServerConfig current) {
        return load(
                environment,
                connection -> Optional.ofNullable(current.connections().get(connection.name()))
                        .filter(connection::leadsAs)
                        .isEmpty());
    }

    private static ServerConfig load(Map<String, String> environment, Predicate<ConnectionConfig> needsFiles) {
        var problems = new Problems();
        return new ConfigLoader(environment, read(environment, problems), problems, needsFiles).load();
    }

    /**
     * The log format, as far as it is valid: also of a configuration that {@link #load} refuses.
     *
     * @param environment as for {@link #load}
     */
    public static LogFormat logFormat(Map<String, String> environment) {
        var problems = new Problems();
        Section file;
        try {
            file = read(environment, problems);
        } catch (InvalidInputException e) {
            file = Section.of("", Map.of(), problems);
        }
        return new ConfigLoader(environment, file, problems, _ -> false)
                .setting(Setting.LOG_FORMAT, SettingValues.LOG_FORMAT);
    }

    /**
     * Variables that are probably misspelled settings: the name, and the one that was meant.
     *
     * @param environment as for {@link #load}
     */
    public static SortedMap<String, String> misspelled(Map<String, String> environment) {
        List<String> known = Stream.of(
                        RedisVariable.names().stream(),
                        Stream.of(CONFIG_FILE),
                        Arrays.stream(Setting.values()).map(Setting::name))
                .flatMap(names -> names)
                .toList();
        SortedMap<String, String> misspelled = new TreeMap<>();
        environment.keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> Suggestions.toTypo(name, known)
                        .filter(meant -> !environment.containsKey(meant))
                        .ifPresent(meant -> misspelled.put(name, meant)));
        return misspelled;
    }

    private static Section read(Map<String, String> environment, Problems problems) {
        return Optional.ofNullable(environment.get(CONFIG_FILE))
                .filter(path -> !path.isEmpty())
                .map(path -> read(path, problems))
                .orElseGet(() -> Section.of("", Map.of(), problems));
    }

    private static Section read(String file, Problems problems) {
        Path path = Section.path(file)
                .orElseThrow(() -> new InvalidInputException(
                        List.of(new Problem(CONFIG_FILE, Printable.path(file) + " is not a path; name a YAML file"))));
        String shown = Printable.path(file);
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setAllowDuplicateKeys(false)
                    .setSchema(new TextSchema())
                    .setLabel(CONFIG_FILE)
                    .build();
            Object content = new Load(settings).loadFromString(Secret.withoutLineEnd(Files.readString(path)));
            if (content != null && !(content instanceof Map<?, ?>)) {
                throw invalid(shown
                        + " is not a mapping of keys to values; it begins, for example, with the line connections:");
            }
            return Section.of("", content == null ? Map.of() : content, problems);
        } catch (IOException e) {
            throw invalid(shown + " cannot be read: " + Causes.describe(e));
        } catch (YamlEngineException e) {
            throw invalid(shown + YamlMistakes.words(e));
        } catch (StackOverflowError _) {
            throw invalid(shown + " is nested too deeply; connections and their keys are three levels");
        }
    }

    private static InvalidInputException invalid(String message) {
        return InvalidInputException.of(CONFIG_FILE, message);
    }

    private ServerConfig load() {
        var config = new ServerConfig(
                setting(Setting.LISTEN_ADDRESS, SettingValues.LISTEN_ADDRESS),
                setting(Setting.GRPC_PORT, SettingValues.PORT),
                grpcTls(),
                setting(Setting.MANAGEMENT_PORT, SettingValues.PORT),
                given(Setting.MANAGEMENT_HOSTS, SettingValues.HOST_NAMES).orElse(Set.of()),
                setting(Setting.STATUS_PAGE, ValueParser.BOOLEAN),
                setting(Setting.SESSION_SIZE, Target.VALUES),
                setting(Setting.ANSWER_TIMEOUT, SettingValues.TIMEOUT),
                setting(Setting.OUTAGE_GRACE, SettingValues.GRACE),
                setting(Setting.HEARTBEAT, SettingValues.HEARTBEAT),
                setting(Setting.KEEPALIVE, SettingValues.KEEPALIVE),
                setting(Setting.PUSH_POLL_MIN, SettingValues.POLL),
                setting(Setting.PUSH_POLL_MAX, SettingValues.POLL),
                setting(Setting.TRIGGER_LIMIT, SettingValues.LIMIT),
                setting(Setting.PATTERN_LIMIT, SettingValues.LIMIT),
                setting(Setting.COUNT_REFRESH, SettingValues.REFRESH),
                setting(Setting.COUNT_SHARE, SettingValues.SHARE),
                setting(Setting.STREAM_LIMIT, SettingValues.LIMIT),
                kubernetes(),
                connections(),
                setting(Setting.LOG_FORMAT, SettingValues.LOG_FORMAT),
                setting(Setting.LOG_LEVEL, SettingValues.LOG_LEVEL));
        file.end();
        problems.throwIfAny();
        agree(config);
        return config;
    }

    /** What is right for itself, and not together. */
    private void agree(ServerConfig config) {
        if (config.grpcPort() == config.managementPort() && config.grpcPort() != 0) {
            problems.add(
                    Setting.MANAGEMENT_PORT.name(),
                    "is " + config.managementPort() + ", and so is " + Setting.GRPC_PORT
                            + "; give each a port of its own");
        }
        if (config.pushPollMin().compareTo(config.pushPollMax()) > 0) {
            problems.add(
                    Setting.PUSH_POLL_MIN.name(),
                    "is %s, which is more than %s, %s; give the shorter one first"
                            .formatted(
                                    Durations.format(config.pushPollMin()),
                                    Setting.PUSH_POLL_MAX,
                                    Durations.format(config.pushPollMax())));
        }
        problems.throwIfAny();
    }

    private <T> T setting(Setting setting, ValueParser<T> values) {
        return given(setting, values)
                .orElseGet(() -> setting.byDefault().flatMap(values::parse).orElseThrow());
    }

    private <T> Optional<T> given(Setting setting, ValueParser<T> values) {
        return given(setting, values, Printable::value);
    }

    private Optional<Path> pem(Setting setting) {
        return given(setting, SettingValues.PEM, Printable::path);
    }

    /** The value, or empty when there is none or it is wrong, which is noted; the file's too where the environment wins. */
    private <T> Optional<T> given(Setting setting, ValueParser<T> values, UnaryOperator<String> shown) {
        Optional<T> inFile = file.read(setting.path(), values, shown);
        return variable(setting.name())
                .flatMap(text -> values.parse(setting.name(), text, shown, problems))
                .or(() -> inFile);
    }

    private Optional<GrpcTls> grpcTls() {
        Optional<Path> certificate = pem(Setting.GRPC_TLS_CERT_FILE);
        Optional<Path> key = pem(Setting.GRPC_TLS_KEY_FILE);
        Optional<Path> clientAuthorities = pem(Setting.GRPC_TLS_CLIENT_CA_FILE);
        if (certificate.isPresent() != key.isPresent()) {
            problems.add(
                    Setting.GRPC_TLS_CERT_FILE.name(),
                    "and " + Setting.GRPC_TLS_KEY_FILE + " belong together; give both or none");
        } else if (clientAuthorities.isPresent() && certificate.isEmpty()) {
            problems.add(
                    Setting.GRPC_TLS_CLIENT_CA_FILE.name(),
                    "requires " + Setting.GRPC_TLS_CERT_FILE + " and " + Setting.GRPC_TLS_KEY_FILE);
        }
        return certificate.flatMap(chain -> key.map(secret -> new GrpcTls(chain, secret, clientAuthorities)));
    }

    private Optional<KubernetesAccess> kubernetes() {
        boolean watch = setting(Setting.KUBERNETES_WATCH, ValueParser.BOOLEAN);
        Set<String> namespaces =
                given(Setting.KUBERNETES_NAMESPACES, SettingValues.NAMESPACES).orElse(Set.of());
        Optional<KubernetesAccess.ApiCredentials> credentials = given(
                        Setting.KUBERNETES_CONFIG_FILE, SettingValues.KUBECONFIG, Printable::path)
                .<KubernetesAccess.ApiCredentials>map(KubernetesAccess.Kubeconfig::new)
                .or(this::serviceAccount);
        if (watch && credentials.isEmpty()) {
            problems.add(
                    Setting.KUBERNETES_WATCH.name(),
                    "is true, but this is no pod of Kubernetes (" + API_HOST + " is not set); set "
                            + Setting.KUBERNETES_CONFIG_FILE + " to a kubeconfig file");
        }
        return credentials.filter(_ -> watch).map(known -> new KubernetesAccess(known, namespaces));
    }

    /** Kubernetes gives each container the address of its API. */
    private Optional<KubernetesAccess.ApiCredentials> serviceAccount() {
        return variable(API_HOST)
                .map(host -> new KubernetesAccess.ServiceAccount(
                        "https://%s:%s"
                                .formatted(
                                        host.contains(":") ? "[" + host + "]" : host,
                                        variable(API_PORT).orElse("443")),
                        SERVICE_ACCOUNT));
    }

    private Map<String, ConnectionConfig> connections() {
        Map<String, ConnectionConfig> connections = new LinkedHashMap<>();
        file.section("connections")
                .ifPresent(section -> section.keys()
                        .forEach(name -> section.section(name)
                                .flatMap(one -> connection(one, ConnectionReader.IN_FILE, name))
                                .ifPresent(connection -> connections.put(name, connection))));
        if (RedisVariable.names().stream().anyMatch(name -> variable(name).isPresent())) {
            if (connections.containsKey(ConnectionConfig.DEFAULT)) {
                problems.add(
                        "connections." + ConnectionConfig.DEFAULT,
                        "contradicts " + variablesGiven() + "; keep one of them");
            }
            connection(ofEnvironment(), ConnectionReader.IN_ENVIRONMENT, ConnectionConfig.DEFAULT)
                    .ifPresent(connection -> connections.put(connection.name(), connection));
        } else if (connections.isEmpty() && problems.isEmpty()) {
            variable(CONFIG_FILE)
                    .ifPresent(path -> problems.add(
                            CONFIG_FILE,
                            Printable.path(path) + (file.keys().isEmpty() ? " is empty" : " configures no Redis")
                                    + "; add connections: {default: {address: host:port}}, or set"
                                    + " REDIS_ADDRESS or REDIS_URL"));
        }
        if (connections.isEmpty() && problems.isEmpty()) {
            problems.add(
                    "REDIS_ADDRESS",
                    "is not set, and nothing else names a Redis: set REDIS_ADDRESS to host:port, or REDIS_URL, or a"
                            + " connection in the file that CONFIG_FILE names, or start with --embedded-redis"
                            + misspelledRedis());
        }
        return connections;
    }

    private Optional<ConnectionConfig> connection(Section section, ConnectionReader.Names names, String name) {
        Optional<ConnectionConfig> connection = new ConnectionReader(section, names, environment).read(name);
        connection.filter(needsFiles).ifPresent(_ -> section.requireFiles());
        return connection;
    }

    /** A question about each variable that may have been meant to name a Redis. */
    private String misspelledRedis() {
        var question = new StringBuilder();
        misspelled(environment).forEach((name, meant) -> {
            if (meant.equals(CONFIG_FILE) || RedisVariable.names().contains(meant)) {
                question.append("; %s is set: did you mean %s?".formatted(name, meant));
            }
        });
        return question.toString();
    }

    /** The environment's connection, under the names that its problems shall have. */
    private Section ofEnvironment() {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (RedisVariable variable : RedisVariable.values()) {
            variable(variable.name()).ifPresent(value -> entries.put(variable.name(), value));
        }
        return new Section("", entries, problems);
    }

    private String variablesGiven() {
        return String.join(
                " and ",
                RedisVariable.names().stream()
                        .filter(name -> variable(name).isPresent())
                        .toList());
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
