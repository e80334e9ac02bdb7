package io.github.redissessionscaler.config;

import io.github.redissessionscaler.problem.Durations;
import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.problem.Problem;
import io.github.redissessionscaler.problem.Problems;
import io.github.redissessionscaler.problem.Quoted;
import io.github.redissessionscaler.trigger.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.DuplicateKeyException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Makes the configuration of the environment and of the file that it names. */
public final class ConfigLoader {

    /** The environment variable that names the configuration file. */
    public static final String CONFIG_FILE = "CONFIG_FILE";

    private static final int HIGHEST_PORT = 65_535;

    private static final Pattern PERCENTAGE = Pattern.compile("\\d{1,3}(?:\\.\\d{1,6})?%");

    private final Map<String, String> environment;
    private final Section file;
    private final Problems problems;

    private ConfigLoader(Map<String, String> environment, Section file, Problems problems) {
        this.environment = environment;
        this.file = file;
        this.problems = problems;
    }

    /**
     * The configuration.
     *
     * @param environment variables by name; an empty one counts as not set
     * @throws InvalidInputException with everything that is wrong; no secret is in it
     */
    public static ServerConfig load(Map<String, String> environment) {
        var problems = new Problems();
        Section file = Optional.ofNullable(environment.get(CONFIG_FILE))
                .filter(path -> !path.isEmpty())
                .map(path -> read(Path.of(path), problems))
                .orElseGet(() -> Section.of("", Map.of(), problems));
        return new ConfigLoader(environment, file, problems).load();
    }

    private static Section read(Path path, Problems problems) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setAllowDuplicateKeys(false)
                    .setLabel(path.toString())
                    .build();
            Object content = new Load(settings).loadFromString(Files.readString(path));
            return Section.of("", content == null ? Map.of() : content, problems);
        } catch (IOException e) {
            throw new InvalidInputException(List.of(new Problem(CONFIG_FILE, path + " cannot be read: " + e)));
        } catch (YamlEngineException e) {
            String what = e instanceof DuplicateKeyException ? " holds a duplicate key" : " is not YAML";
            throw new InvalidInputException(List.of(new Problem(CONFIG_FILE, path + what + place(e))));
        } catch (StackOverflowError _) {
            throw new InvalidInputException(List.of(new Problem(CONFIG_FILE, path + " is nested too deeply")));
        }
    }

    /** Where it is wrong. The YAML reader's own words quote the line. */
    private static String place(YamlEngineException failure) {
        return failure instanceof MarkedYamlEngineException marked
                ? marked.getProblemMark()
                        .map(mark -> " at line %d, column %d, which is not shown, since it may hold a password"
                                .formatted(mark.getLine() + 1, mark.getColumn() + 1))
                        .orElse("")
                : "";
    }

    private ServerConfig load() {
        var config = new ServerConfig(
                setting(Setting.LISTEN_ADDRESS, Optional::of),
                setting(Setting.GRPC_PORT, ConfigLoader::port),
                grpcTls(),
                setting(Setting.MANAGEMENT_PORT, ConfigLoader::port),
                setting(Setting.STATUS_PAGE, ConfigLoader::trueOrFalse),
                setting(Setting.SESSION_SIZE, ConfigLoader::sessionSize),
                setting(Setting.ANSWER_TIMEOUT, ConfigLoader::positive),
                setting(Setting.OUTAGE_GRACE, Durations::parse),
                setting(Setting.HEARTBEAT, ConfigLoader::positive),
                setting(Setting.KEEPALIVE, ConfigLoader::positive),
                setting(Setting.PUSH_POLL_MIN, ConfigLoader::positive),
                setting(Setting.PUSH_POLL_MAX, ConfigLoader::positive),
                setting(Setting.TRIGGER_LIMIT, ConfigLoader::limit),
                setting(Setting.PATTERN_LIMIT, ConfigLoader::limit),
                setting(Setting.COUNT_REFRESH, ConfigLoader::positive),
                setting(Setting.COUNT_SHARE, ConfigLoader::share),
                setting(Setting.STREAM_LIMIT, ConfigLoader::limit),
                connections(),
                setting(Setting.LOG_FORMAT, ConfigLoader::logFormat),
                setting(Setting.LOG_LEVEL, ConfigLoader::logLevel));
        file.end();
        problems.throwIfAny();
        return config;
    }

    private <T> T setting(Setting setting, Function<String, Optional<T>> parse) {
        return given(setting, parse)
                .orElseGet(() -> setting.byDefault().flatMap(parse).orElseThrow());
    }

    private <T> Optional<T> given(Setting setting, Function<String, Optional<T>> parse) {
        Optional<T> inFile = file.read(setting.path(), parse, setting.accepted());
        return variable(setting.name())
                .flatMap(text -> {
                    Optional<T> value = parse.apply(text.strip());
                    if (value.isEmpty()) {
                        problems.add(setting.name(), Quoted.of(text) + " is not " + setting.accepted());
                    }
                    return value;
                })
                .or(() -> inFile);
    }

    private Optional<GrpcTls> grpcTls() {
        Optional<Path> certificate = given(Setting.GRPC_TLS_CERT_FILE, Section::path);
        Optional<Path> key = given(Setting.GRPC_TLS_KEY_FILE, Section::path);
        Optional<Path> clientAuthorities = given(Setting.GRPC_TLS_CLIENT_CA_FILE, Section::path);
        if (certificate.isPresent() != key.isPresent()) {
            problems.add(
                    Setting.GRPC_TLS_CERT_FILE.name(),
                    "and " + Setting.GRPC_TLS_KEY_FILE + " belong together; give both or none");
        } else if (clientAuthorities.isPresent() && certificate.isEmpty()) {
            problems.add(
                    Setting.GRPC_TLS_CLIENT_CA_FILE.name(),
                    "means nothing without " + Setting.GRPC_TLS_CERT_FILE + " and " + Setting.GRPC_TLS_KEY_FILE);
        }
        return certificate.flatMap(chain -> key.map(secret -> new GrpcTls(chain, secret, clientAuthorities)));
    }

    private Map<String, ConnectionConfig> connections() {
        Map<String, ConnectionConfig> connections = new LinkedHashMap<>();
        file.section("connections")
                .ifPresent(section -> section.keys()
                        .forEach(name -> section.section(name)
                                .flatMap(one -> new ConnectionReader(one, ConnectionReader.IN_FILE).read(name))
                                .ifPresent(connection -> connections.put(name, connection))));
        if (RedisVariable.names().stream().anyMatch(name -> variable(name).isPresent())) {
            if (connections.containsKey(ConnectionConfig.DEFAULT)) {
                problems.add(
                        "connections." + ConnectionConfig.DEFAULT,
                        "contradicts " + variablesGiven() + "; keep one of them");
            }
            new ConnectionReader(ofEnvironment(), ConnectionReader.IN_ENVIRONMENT)
                    .read(ConnectionConfig.DEFAULT)
                    .ifPresent(connection -> connections.put(connection.name(), connection));
        } else if (connections.isEmpty() && problems.isEmpty()) {
            problems.add(
                    "REDIS_ADDRESS",
                    "is not set, and nothing else names a Redis: set REDIS_ADDRESS to host:port, or REDIS_URL, or a"
                            + " connection in the file that CONFIG_FILE names, or start with --embedded-redis");
        }
        return connections;
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

    private static Optional<Integer> port(String text) {
        return wholeNumber(text, number -> number >= 0 && number <= HIGHEST_PORT);
    }

    private static Optional<Integer> wholeNumber(String text, Predicate<Integer> accepted) {
        return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)).filter(accepted) : Optional.empty();
    }

    private static Optional<Integer> limit(String text) {
        return wholeNumber(text, number -> number >= 1);
    }

    private static Optional<Double> share(String text) {
        return PERCENTAGE.matcher(text).matches()
                ? Optional.of(Double.parseDouble(text.substring(0, text.length() - 1)))
                        .filter(percent -> percent >= 0.1 && percent <= 100)
                        .map(percent -> percent / 100)
                : Optional.empty();
    }

    private static Optional<Boolean> trueOrFalse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> sessionSize(String text) {
        return Target.parse(text);
    }

    private static Optional<Duration> positive(String text) {
        return Durations.parse(text).filter(Duration::isPositive);
    }

    private static Optional<ServerConfig.LogFormat> logFormat(String text) {
        return Arrays.stream(ServerConfig.LogFormat.values())
                .filter(format -> format.name().equalsIgnoreCase(text))
                .findFirst();
    }

    private static Optional<String> logLevel(String text) {
        String level = text.toLowerCase(Locale.ROOT);
        return List.of("error", "warn", "info", "debug", "trace").contains(level)
                ? Optional.of(level)
                : Optional.empty();
    }
}
