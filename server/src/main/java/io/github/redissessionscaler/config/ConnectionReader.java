package io.github.redissessionscaler.config;

import static java.util.stream.Collectors.joining;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads one connection. Not thread-safe. */
final class ConnectionReader {

    static final Names IN_FILE = new Names("address", "url", "username", "password", "passwordFile");
    static final Names IN_ENVIRONMENT =
            new Names("REDIS_ADDRESS", "REDIS_URL", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_PASSWORD_FILE");

    private static final String UNIX_SOCKET = "unixSocket";
    private static final String SENTINEL = "sentinel";
    private static final String CLUSTER = "cluster";
    private static final String IDENTITY = "identity";
    private static final String NAMESPACES = "namespaces";
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private final Section section;
    private final Names names;
    private final Map<String, String> environment;

    /** Names of the settings that both the environment and the file have. */
    record Names(String address, String url, String username, String password, String passwordFile) {}

    /**
     * Reads nothing yet.
     *
     * @param environment what the identity of a pod is read from
     */
    ConnectionReader(Section section, Names names, Map<String, String> environment) {
        this.section = section;
        this.names = names;
        this.environment = environment;
    }

    /** The connection; empty if it is invalid, which is recorded as a problem. */
    Optional<ConnectionConfig> read(String name) {
        Optional<RedisUrl> url = url();
        Optional<Topology> topology = topology(url);
        url.flatMap(RedisUrl::database)
                .filter(index -> index > ConnectionConfig.HIGHEST_DATABASE)
                .ifPresent(index -> section.problem(
                        names.url(),
                        "names database " + index + ", which is not " + SettingValues.DATABASE.accepted()));
        Optional<Integer> database =
                section.read("database", SettingValues.DATABASE).or(() -> url.flatMap(RedisUrl::database));
        Optional<Credentials> given = credentials(section, names);
        Optional<Credentials> identity =
                section.section(IDENTITY).flatMap(one -> new IdentityReader(one, environment).read());
        if (section.has(IDENTITY)
                && (given.isPresent() || url.flatMap(RedisUrl::credentials).isPresent())) {
            section.problem(IDENTITY, "takes the place of a password, and one is given; keep one of them");
        }
        if (given.isPresent() && url.flatMap(RedisUrl::credentials).isPresent()) {
            section.problem(names.url(), "contains a password, and another one is set; keep one of them");
        }
        Optional<RedisTls> tls = tls(url.map(RedisUrl::tls).orElse(false));
        Set<String> namespaces = namespaces();
        return topology.map(known -> new ConnectionConfig(
                name,
                known,
                database.orElse(0),
                given.or(() -> identity).or(() -> url.flatMap(RedisUrl::credentials)),
                tls,
                namespaces));
    }

    /** An empty list would mean all namespaces, which cannot be intended. */
    private Set<String> namespaces() {
        Set<String> names = Set.copyOf(section.list(NAMESPACES));
        if (section.keys().contains(NAMESPACES) && (names.isEmpty() || names.contains(""))) {
            section.problem(NAMESPACES, "is empty; name those that may use the connection, or leave it out for all");
        }
        return names;
    }

    private Optional<RedisUrl> url() {
        return section.text(names.url()).flatMap(text -> {
            Optional<RedisUrl> url = RedisUrl.parse(text.strip());
            if (url.isEmpty()) {
                section.problem(names.url(), AddressMistakes.inUrl(text.strip(), names));
            }
            return url;
        });
    }

    private Optional<Topology> topology(Optional<RedisUrl> url) {
        List<String> given = Stream.of(names.address(), names.url(), UNIX_SOCKET, SENTINEL, CLUSTER)
                .filter(section::has)
                .toList();
        if (given.size() > 1) {
            section.problem(
                    given.getFirst(),
                    "contradicts " + given.stream().skip(1).collect(joining(" and ")) + "; keep one of them");
        }
        Optional<Topology> address = section.text(names.address())
                .flatMap(text -> address(section, names.address(), text.strip(), REDIS_PORT, names))
                .map(Topology.Standalone::new);
        Optional<Topology> socket =
                section.read(UNIX_SOCKET, SettingValues.PATH, Printable::path).map(Topology.UnixSocket::new);
        Optional<Topology> sentinel = section.section(SENTINEL).flatMap(ConnectionReader::sentinel);
        Optional<Topology> cluster = section.section(CLUSTER)
                .map(one -> nodes(one, REDIS_PORT))
                .filter(nodes -> !nodes.isEmpty())
                .map(Topology.Cluster::new);
        if (given.isEmpty()) {
            section.problem(
                    names.address(),
                    "is missing; give it, or " + names.url()
                            + (names.equals(IN_FILE) ? ", unixSocket, sentinel or cluster" : ""));
        }
        return address.or(() -> url.map(RedisUrl::topology))
                .or(() -> socket)
                .or(() -> sentinel)
                .or(() -> cluster);
    }

    private static Optional<Topology> sentinel(Section section) {
        Optional<String> master = section.text("master");
        List<Node> nodes = nodes(section, SENTINEL_PORT);
        Optional<Credentials> credentials = credentials(section, IN_FILE);
        if (master.isEmpty()) {
            section.problem("master", "is missing; set it to the sentinels' name of the primary");
        }
        return master.filter(name -> !nodes.isEmpty()).map(name -> new Topology.Sentinel(name, nodes, credentials));
    }

    private static List<Node> nodes(Section section, int defaultPort) {
        List<Node> nodes = new ArrayList<>();
        List<String> given = section.list("nodes");
        if (AddressMistakes.isConnectionString(String.join(",", given))) {
            section.problem("nodes", AddressMistakes.inAddress(String.join(",", given), IN_FILE));
            return List.of();
        }
        given.forEach(text ->
                address(section, "nodes", text.strip(), defaultPort, IN_FILE).ifPresent(nodes::add));
        if (given.isEmpty()) {
            section.problem("nodes", "is missing; set it to a list of addresses, each host:port");
        }
        return nodes;
    }

    /**
     * The address; empty if it is invalid, which is recorded as a problem. The text is not shown, because it may contain a
     * password.
     */
    private static Optional<Node> address(Section section, String key, String text, int defaultPort, Names names) {
        Optional<Node> node = Node.parse(text, defaultPort);
        if (node.isEmpty()) {
            section.problem(key, AddressMistakes.inAddress(text, names));
        }
        return node;
    }

    private static Optional<Credentials> credentials(Section section, Names names) {
        Optional<String> username = section.text(names.username());
        Optional<Secret> literal = section.text(names.password()).map(Secret.Literal::new);
        Optional<Secret> inFile = section.file(names.passwordFile()).map(Secret.InFile::new);
        boolean withoutValue = section.keys().contains(names.password()) && !section.has(names.password());
        if (withoutValue || literal.equals(Optional.of(new Secret.Literal("")))) {
            section.problem(
                    names.password(),
                    "is empty; give the password, in quotation marks if it is ~ or null, or remove it");
        }
        if (literal.isPresent() && inFile.isPresent()) {
            section.problem(names.password(), "contradicts " + names.passwordFile() + "; keep one of them");
        }
        if (username.isPresent() && literal.isEmpty() && inFile.isEmpty()) {
            section.problem(
                    names.username(), "requires a password; add " + names.password() + " or " + names.passwordFile());
        }
        return inFile.or(() -> literal)
                .map(password -> new Credentials(Credentials.userOrDefault(username.orElse("")), password));
    }

    private Optional<RedisTls> tls(boolean byUrl) {
        Optional<RedisTls> given = section.section("tls").map(tls -> {
            Optional<Path> certificate = tls.file("certFile");
            Optional<Path> key = tls.file("keyFile");
            if (certificate.isPresent() != key.isPresent()) {
                tls.problem("certFile", "and keyFile belong together; give both or none");
            }
            return new RedisTls(
                    tls.file("caFile"),
                    certificate,
                    key,
                    tls.read("verifyHostname", ValueParser.BOOLEAN).orElse(true));
        });
        return given.or(() -> byUrl
                ? Optional.of(new RedisTls(Optional.empty(), Optional.empty(), Optional.empty(), true))
                : Optional.empty());
    }
}
