package io.github.redissessionscaler.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {

    private static final Optional<GrpcTls> TLS = Optional.of(
            new GrpcTls(Path.of("/tls/tls.crt"), Path.of("/tls/tls.key"), Optional.of(Path.of("/tls/ca.crt"))));

    private static final Map<String, String> MINIMAL = Map.of("REDIS_ADDRESS", "redis:6379");

    @TempDir
    private Path directory;

    /** Kubernetes sets variables for each Service; those of one called redis are not misspelled. */
    @Test
    void findsMisspelledVariables() {
        assertThat(ConfigLoader.misspelled(Map.of(
                        "REDIS_ADRESS", "x",
                        "redis_url", "x",
                        "GRPC_PROT", "1",
                        "REDIS_PORT", "tcp://10.0.0.1:6379",
                        "REDIS_SERVICE_HOST", "10.0.0.1",
                        "REDIS_PORT_6379_TCP_ADDR", "10.0.0.1",
                        "LOG_LEVEL", "info",
                        "LOG_LEVELS", "info",
                        "PATH", "/bin")))
                .isEqualTo(Map.of("REDIS_ADRESS", "REDIS_ADDRESS", "redis_url", "REDIS_URL", "GRPC_PROT", "GRPC_PORT"));
    }

    @Test
    void theDefaultsAreThoseOfTheContract() {
        ServerConfig config = ConfigLoader.load(MINIMAL);

        assertThat(config)
                .isEqualTo(new ServerConfig(
                        "0.0.0.0",
                        6000,
                        Optional.empty(),
                        8080,
                        Set.of(),
                        true,
                        100,
                        Duration.ofSeconds(2),
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(5),
                        10_000,
                        200,
                        Duration.ofSeconds(10),
                        0.1,
                        10_000,
                        Optional.empty(),
                        Map.of("default", connection(new Topology.Standalone(new Node("redis", 6379)))),
                        ServerConfig.LogFormat.TEXT,
                        "info"));
    }

    @Test
    void everySettingCanStandInTheEnvironment() {
        ServerConfig config = ConfigLoader.load(with(
                MINIMAL,
                Map.ofEntries(
                        Map.entry("LISTEN_ADDRESS", "127.0.0.1"),
                        Map.entry("GRPC_PORT", "1"),
                        Map.entry("MANAGEMENT_PORT", "0"),
                        Map.entry("MANAGEMENT_HOSTS", "Scaler.example.com, other"),
                        Map.entry("STATUS_PAGE", "False"),
                        Map.entry("ANSWER_TIMEOUT", "500ms"),
                        Map.entry("OUTAGE_GRACE", "15s"),
                        Map.entry("HEARTBEAT", "1m"),
                        Map.entry("KEEPALIVE", "45s"),
                        Map.entry("PUSH_POLL_MIN", "3s"),
                        Map.entry("PUSH_POLL_MAX", "4s"),
                        Map.entry("TRIGGER_LIMIT", "7"),
                        Map.entry("PATTERN_LIMIT", "8"),
                        Map.entry("COUNT_REFRESH", "2m"),
                        Map.entry("COUNT_SHARE", "2.5%"),
                        Map.entry("STREAM_LIMIT", "9"),
                        Map.entry("KUBERNETES_WATCH", "true"),
                        Map.entry("KUBERNETES_NAMESPACES", "shop, blog"),
                        Map.entry("KUBERNETES_CONFIG_FILE", "/home/me/.kube/config"),
                        Map.entry("SESSION_SIZE", "2.5"),
                        Map.entry("GRPC_TLS_CERT_FILE", "/tls/tls.crt"),
                        Map.entry("GRPC_TLS_KEY_FILE", "/tls/tls.key"),
                        Map.entry("GRPC_TLS_CLIENT_CA_FILE", "/tls/ca.crt"),
                        Map.entry("LOG_FORMAT", "JSON"),
                        Map.entry("LOG_LEVEL", "Debug"))));

        assertThat(config)
                .isEqualTo(new ServerConfig(
                        "127.0.0.1",
                        1,
                        TLS,
                        0,
                        Set.of("scaler.example.com", "other"),
                        false,
                        2.5,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(45),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        7,
                        8,
                        Duration.ofMinutes(2),
                        0.025,
                        9,
                        Optional.of(new KubernetesAccess(
                                new KubernetesAccess.Kubeconfig(Path.of("/home/me/.kube/config")),
                                Set.of("shop", "blog"))),
                        config.connections(),
                        ServerConfig.LogFormat.JSON,
                        "debug"));
    }

    @Test
    void everySettingCanStandInTheFileAndTheEnvironmentWins() throws IOException {
        String file = file("""
            listenAddress: 127.0.0.1
            grpcPort: 1
            managementPort: 2
            managementHosts: scaler.example.com
            statusPage: false
            answerTimeout: 500ms
            outageGrace: 15s
            heartbeat: 1m
            keepalive: 45s
            pushPollMin: 3s
            pushPollMax: 4s
            triggerLimit: 7
            patternLimit: 8
            countRefresh: 2m
            countShare: 2.5%
            streamLimit: 9
            kubernetesWatch: true
            kubernetesNamespaces: shop
            kubernetesConfigFile: /home/me/.kube/config
            sessionSize: 2.5
            grpcTlsCertFile: /tls/tls.crt
            grpcTlsKeyFile: /tls/tls.key
            grpcTlsClientCaFile: /tls/ca.crt
            logFormat: json
            logLevel: debug
            connections:
              default: {address: redis}
            """);

        ServerConfig config = ConfigLoader.load(Map.of("CONFIG_FILE", file, "GRPC_PORT", "3"));

        assertThat(config)
                .isEqualTo(new ServerConfig(
                        "127.0.0.1",
                        3,
                        TLS,
                        2,
                        Set.of("scaler.example.com"),
                        false,
                        2.5,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(45),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        7,
                        8,
                        Duration.ofMinutes(2),
                        0.025,
                        9,
                        Optional.of(new KubernetesAccess(
                                new KubernetesAccess.Kubeconfig(Path.of("/home/me/.kube/config")), Set.of("shop"))),
                        Map.of("default", connection(new Topology.Standalone(new Node("redis", 6379)))),
                        ServerConfig.LogFormat.JSON,
                        "debug"));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, https://10.0.0.1:6443", "fd00::1, https://[fd00::1]:6443"})
    void aPodReadsTheKubernetesApiAsItsServiceAccount(String host, String url) {
        ServerConfig config = ConfigLoader.load(with(
                MINIMAL,
                Map.of(
                        "KUBERNETES_WATCH", "true",
                        "KUBERNETES_SERVICE_HOST", host,
                        "KUBERNETES_SERVICE_PORT", "6443")));

        assertThat(config.kubernetes())
                .contains(new KubernetesAccess(
                        new KubernetesAccess.ServiceAccount(
                                url, Path.of("/var/run/secrets/kubernetes.io/serviceaccount")),
                        Set.of()));
    }

    @Test
    void theKubernetesApiIsNotReadByDefault() {
        assertThat(ConfigLoader.load(with(MINIMAL, Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1")))
                        .kubernetes())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e3", "007", "0x10", "true", "1_000", "2026-11-28"})
    void aPasswordThatLooksLikeAnotherTypeIsText(String password) throws IOException {
        String file = file("""
            connections:
              default: {address: redis, password: %s}
            """.formatted(password));

        assertThat(ConfigLoader.load(Map.of("CONFIG_FILE", file)).connections())
                .hasEntrySatisfying(
                        "default",
                        connection -> assertThat(connection.credentials())
                                .contains(new Credentials("default", new Secret.Literal(password))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null", "''"})
    void aPasswordWithoutAValueIsAProblem(String password) throws IOException {
        String file = file("""
            connections:
              default: {address: redis, password: %s}
            """.formatted(password));

        assertThat(problemsOf(Map.of("CONFIG_FILE", file)))
                .contains("connections.default.password: is empty; give the password, in quotation marks if it is ~ or"
                        + " null");
    }

    @Test
    void connectionsOfEveryTopologyStandInTheFile() throws IOException {
        String file = file("""
            connections:
              one:
                address: redis-1:6380
                database: 3
                username: scaler
                passwordFile: /secrets/password
                namespaces: [shop, blog]
                tls:
                  caFile: /tls/ca.crt
                  certFile: /tls/tls.crt
                  keyFile: /tls/tls.key
                  verifyHostname: false
              two:
                unixSocket: /run/redis.sock
              three:
                sentinel:
                  master: mymaster
                  nodes: [s1, "s2:26380"]
                  password: hush
              four:
                cluster:
                  nodes: n1:7000, n2:7001
              five:
                url: rediss://scaler:p%40ss@redis-5/2
            """);

        Map<String, ConnectionConfig> connections =
                ConfigLoader.load(Map.of("CONFIG_FILE", file)).connections();

        assertThat(connections.get("one"))
                .isEqualTo(new ConnectionConfig(
                        "one",
                        new Topology.Standalone(new Node("redis-1", 6380)),
                        3,
                        Optional.of(new Credentials("scaler", new Secret.InFile(Path.of("/secrets/password")))),
                        Optional.of(new RedisTls(
                                Optional.of(Path.of("/tls/ca.crt")),
                                Optional.of(Path.of("/tls/tls.crt")),
                                Optional.of(Path.of("/tls/tls.key")),
                                false)),
                        Set.of("shop", "blog")));
        assertThat(topologyOf(connections, "two")).isEqualTo(new Topology.UnixSocket(Path.of("/run/redis.sock")));
        assertThat(topologyOf(connections, "three"))
                .isEqualTo(new Topology.Sentinel(
                        "mymaster",
                        List.of(new Node("s1", 26379), new Node("s2", 26380)),
                        Optional.of(new Credentials("default", new Secret.Literal("hush")))));
        assertThat(topologyOf(connections, "four"))
                .isEqualTo(new Topology.Cluster(List.of(new Node("n1", 7000), new Node("n2", 7001))));
        assertThat(connections.get("five"))
                .isEqualTo(new ConnectionConfig(
                        "five",
                        new Topology.Standalone(new Node("redis-5", 6379)),
                        2,
                        Optional.of(new Credentials("scaler", new Secret.Literal("p@ss"))),
                        Optional.of(new RedisTls(Optional.empty(), Optional.empty(), Optional.empty(), true)),
                        Set.of()));
    }

    @Test
    void urlsNameEveryTopology() {
        assertThat(topologyOfUrl("redis://[::1]:7000")).isEqualTo(new Topology.Standalone(new Node("::1", 7000)));
        assertThat(topologyOfUrl("unix:///run/redis.sock"))
                .isEqualTo(new Topology.UnixSocket(Path.of("/run/redis.sock")));
        assertThat(topologyOfUrl("redis-sentinel://a,b:1/0#primary"))
                .isEqualTo(new Topology.Sentinel(
                        "primary", List.of(new Node("a", 26379), new Node("b", 1)), Optional.empty()));
        assertThat(topologyOfUrl("redis-sentinel://a/0?sentinelMasterId=primary"))
                .isEqualTo(new Topology.Sentinel("primary", List.of(new Node("a", 26379)), Optional.empty()));
        assertThat(topologyOfUrl("redis://a,b"))
                .isEqualTo(new Topology.Cluster(List.of(new Node("a", 6379), new Node("b", 6379))));
        assertThat(topologyOfUrl("redis-cluster://a")).isEqualTo(new Topology.Cluster(List.of(new Node("a", 6379))));
    }

    @Test
    void allProblemsAreReported() throws IOException {
        String file = file("""
            grpcPort: 70000
            heartbaet: 10s
            connections:
              default:
                adress: redis
              other:
                address: redis
                unixSocket: /run/redis.sock
                username: scaler
                tls: {certFile: a}
            """);

        assertThat(problemsOf(Map.of("CONFIG_FILE", file, "ANSWER_TIMEOUT", "2")))
                .contains(
                        "grpcPort: '70000' is not a port from 0 to 65535",
                        "heartbaet: is not known; did you mean 'heartbeat'?",
                        "ANSWER_TIMEOUT: '2' is not a duration",
                        "connections.default.adress: is not known; did you mean 'address'?",
                        "connections.default.address: is missing",
                        "connections.other.address: contradicts unixSocket",
                        "connections.other.username: requires a password",
                        "connections.other.tls.certFile: and keyFile belong together");
    }

    @Test
    void nothingThatNamesARedisIsAProblemThatSaysHowToMendIt() {
        assertThat(problemsOf(Map.of()))
                .contains("REDIS_ADDRESS")
                .contains("REDIS_URL", "CONFIG_FILE", "--embedded-redis");
    }

    @Test
    void addressAndUrlContradictEachOther() {
        assertThat(problemsOf(Map.of("REDIS_ADDRESS", "a", "REDIS_URL", "redis://b")))
                .contains("REDIS_ADDRESS: contradicts REDIS_URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hush@",
                "redis://user:hush@host:99999",
                "http://user:hush@host",
                "redis-sentinel://user:hush@host",
                "redis://user:hush"
            })
    void aBadUrlIsNotShownSinceItMayHoldAPassword(String url) {
        assertThat(problemsOf(Map.of("REDIS_URL", url)))
                .startsWith("REDIS_URL: cannot be used: ")
                .doesNotContain("hush");
    }

    @Test
    void theFilesForTlsBelongTogether() {
        assertThat(problemsOf(with(MINIMAL, Map.of("GRPC_TLS_CERT_FILE", "a"))))
                .contains("GRPC_TLS_CERT_FILE: and GRPC_TLS_KEY_FILE belong together");
        assertThat(problemsOf(with(MINIMAL, Map.of("GRPC_TLS_CLIENT_CA_FILE", "a"))))
                .contains("GRPC_TLS_CLIENT_CA_FILE: requires GRPC_TLS_CERT_FILE");
    }

    @Test
    void noSecretIsShown() {
        ServerConfig config = ConfigLoader.load(with(MINIMAL, Map.of("REDIS_PASSWORD", "hush")));

        assertThat(config.toString()).doesNotContain("hush").contains("***");
    }

    @Test
    void anEmptyVariableIsAsGoodAsNone() {
        assertThat(ConfigLoader.load(with(MINIMAL, Map.of("GRPC_PORT", "", "CONFIG_FILE", "")))
                        .grpcPort())
                .isEqualTo(6000);
    }

    @ParameterizedTest
    @CsvSource({
        "'a: [', is not YAML",
        "'- a', is not a mapping",
        "'a: 1\na: 2', has the key a twice at line 2",
        "'a b: 1\na b: 2', has a key twice at line 2"
    })
    void aFileThatIsNotAMappingIsRefused(String content, String problem) throws IOException {
        assertThat(problemsOf(with(MINIMAL, Map.of("CONFIG_FILE", file(content)))))
                .contains(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connections: {default: {address: redis, password: *hush}}",
                "connections: {default: {address: redis, password: !hush x}}",
                "connections:\n  default:\n    password: hush: x",
                "connections: {default: {address: 'redis://:hush@redis'}}",
                "connections: {default: {cluster: {nodes: ['user:hush@redis']}}}",
                "connections: {default: {url: 'redis://:hush@'}}",
                "connections: {default: {url: 'redis://:hush%zz@redis'}}",
                "connections: {default: {url: 'redis://:hush@redis/99999'}}",
                "connections: {default: {address: redis, password: [hush]}}",
                "connections: {default: {address: redis, password: hush, passwordFile: x}}"
            })
    void aMistakeAroundAPasswordDoesNotShowIt(String content) throws IOException {
        assertThat(problemsOf(Map.of("CONFIG_FILE", file(content)))).doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        redis://:hu#sh@redis:6379             | a # is before the @ and must be percent-encoded; write %23 for #
        redis://user:hu?sh@redis:6379         | a ? is before the @ and must be percent-encoded; write %3F for ?
        rediss://user:hu/sh@redis:6379        | a / is before the @ and must be percent-encoded; write %2F for /
        redis://us#er:sh@redis                | a # is before the @ and must be percent-encoded; write %23 for #
        redis-cluster://:h#u/s?h@a,b          | a / and a ? and a # are before the @
        redis-sentinel://:hu#sh@redis/0#main  | write %23 for # in the user name or the password
        redis-sentinel://redis:26379/0#hu@sh  | a / and a # are before the @
        redis://user:hu@sh@redis              | more than one @; write %40
        redis://redis:6379/0#hush             | a # starts the name of a primary, which only redis-sentinel:// takes
        redis://redis#hush                    | write %23 for a # in the password
        redis-cluster://redis#hush            | a # starts the name of a primary
        redis://redis?sentinelMasterId=hush   | parameters after a ? are not supported
        redis://redis?db=hush                 | write %3F for a ? in the password
        redis://hush@redis                    | there is no password before the @; write redis://user:password@host
        redis://hush:@redis                   | the password before the @ is empty
        redis://:hu%sh@redis                  | a % before the @ is not followed by two hexadecimal digits
        http://:hush@redis                    | its scheme, the part before ://, is unknown
        redis://:hush@                        | it has no host
        redis://:hush@:6379                   | the host is missing
        redis://:hush@redis:99999             | the port 99999 is not from 1 to 65535
        redis://:hush@redis:                  | the port after the colon is missing
        redis://user:hush                     | the port is not a number; if it is a password, add an @ and the host
        redis://:hush@::1                     | more than one colon; write an IPv6 address in brackets, such as [::1]:6379
        redis://:hush@[::1                    | the ] of an IPv6 address is missing
        redis://:hush@re!dis                  | the host is not a name or an address
        redis://:hush@redis/hush              | the database index, which follows the /, is not a number from 0 to
        redis://:hush@redis/0/1               | the database index, which follows the /, is not a number from 0 to
        redis-cluster://:hush@a,b:hush,c      | in address 2 of 3, the port is not a number
        redis-cluster://:hush@a,,c            | in address 2 of 3, the host is missing
        redis-sentinel://:hush@a/x#main       | the database index, which follows the /, is not a number from 0 to
        unix://:hush@/run/redis.sock          | unix:// takes the path of a socket
        unix:///run/redis.sock?password=hush  | unix:// takes the path of a socket
        """)
    void aUrlThatIsRefusedSaysWhichPartIsWrong(String url, String problem) throws IOException {
        for (Map<String, String> environment : List.of(
                Map.of("REDIS_URL", url),
                Map.of("CONFIG_FILE", file("connections: {default: {url: '" + url + "'}}")))) {
            assertThat(problemsOf(environment)).contains(problem).doesNotContain("hush", "hu", "sh@", "us#er");
        }
        for (String key : List.of("address: X", "cluster: {nodes: [X]}", "sentinel: {master: m, nodes: [X]}")) {
            assertThat(problemsOf(Map.of(
                            "CONFIG_FILE",
                            file("connections: {default: {" + key.replace("X", "'" + url + "'") + "}}"))))
                    .contains("is a URL; give it as url")
                    .doesNotContain("hush", "hu", "sh@");
        }
    }

    @Test
    void aPasswordIsReadOutOfAUrlAsItWasEncoded() {
        ServerConfig config = ConfigLoader.load(Map.of("REDIS_URL", "redis://us%3Aer:%23%2F%3F%40%25+:,@redis:6379"));

        assertThat(requireNonNull(config.connections().get("default")).credentials())
                .contains(new Credentials("us:er", new Secret.Literal("#/?@%+:,")));
    }

    @Test
    void aPasswordInAnAddressIsNotShown() {
        assertThat(problemsOf(Map.of("REDIS_ADDRESS", "redis://:hush@redis:6379")))
                .doesNotContain("hush")
                .contains("REDIS_ADDRESS")
                .contains("is a URL; give it as REDIS_URL");
    }

    @Test
    void invalidYamlIsReportedByItsPlace() throws IOException {
        assertThat(problemsOf(with(MINIMAL, Map.of("CONFIG_FILE", file("sessionSize: 50\nlogLevel: a: b")))))
                .contains("config.yaml' is not YAML at line 2, column 12: a second colon in a value; put the value in"
                        + " quotes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connections: {default: {address: redis, namespaces: []}} | namespaces: is empty",
                "connections: {default: {address: redis, namespaces: }} | namespaces: is empty",
                "connections: {default: {address: redis, namespaces: ''}} | namespaces: is empty",
                "connections: {default: {address: redis, namespaces: [[a]]}} | namespaces: is not a list of single",
                "connections: {default: {address: redis, namespaces: &a [*a]}} | namespaces: is not a list of single",
                "connections: {default: {address: redis, password: !!binary aGk=}} | password: is not a single value",
                "connections: {default: {unixSocket: \"\\0\"}} | unixSocket: the value (not shown, since it may"
                        + " contain a password) holds a line break or another control character; remove it",
                "connections: {default: {url: \"unix:///\\0\"}} | url: cannot be used",
                "connections: {default: {url: redis://redis/1024}} | url: names database 1024, which is not",
            })
    void whatCannotBeMeantIsRefused(String content, String problem) throws IOException {
        assertThat(problemsOf(Map.of("CONFIG_FILE", file(content)))).contains(problem);
    }

    @Test
    void aFileThatIsNestedWithoutEndIsRefused() throws IOException {
        assertThat(problemsOf(with(MINIMAL, Map.of("CONFIG_FILE", file("[".repeat(100_000))))))
                .contains("config.yaml");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThat(problemsOf(Map.of("CONFIG_FILE", directory.resolve("none").toString())))
                .contains("CONFIG_FILE")
                .contains("cannot be read");
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void everyDefaultIsAccepted(Setting setting) {
        ServerConfig stated = ConfigLoader.load(
                with(MINIMAL, Map.of(setting.name(), setting.byDefault().orElse(""))));

        assertThat(stated).isEqualTo(ConfigLoader.load(MINIMAL));
    }

    private static ConnectionConfig connection(Topology topology) {
        return new ConnectionConfig("default", topology, 0, Optional.empty(), Optional.empty(), Set.of());
    }

    private static Topology topologyOf(Map<String, ConnectionConfig> connections, String name) {
        return Optional.ofNullable(connections.get(name)).orElseThrow().topology();
    }

    private static Topology topologyOfUrl(String url) {
        return topologyOf(ConfigLoader.load(Map.of("REDIS_URL", url)).connections(), "default");
    }

    private static String problemsOf(Map<String, String> environment) {
        InvalidInputException failure =
                catchThrowableOfType(InvalidInputException.class, () -> ConfigLoader.load(environment));
        return String.valueOf(failure.getMessage());
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }

    private String file(String content) throws IOException {
        return Files.writeString(directory.resolve("config.yaml"), content).toString();
    }
}
