package io.github.redissessionscaler.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Redis connection written as a URL.
 *
 * @param database index; empty if the URL names none
 */
record RedisUrl(Topology topology, Optional<Integer> database, Optional<Credentials> credentials, boolean tls) {

    /** Accepted form, for messages. */
    static final String FORM = "a URL such as redis://user:password@host:6379/0, rediss://host:6379, unix:///path,"
            + " redis-sentinel://host:26379,host:26379/0#master or redis-cluster://host:6379,host:6379";

    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private static final Pattern NETWORK = Pattern.compile(
            "redis(?<tls>s?)(?<kind>|-sentinel|-cluster)://(?:(?<user>[^:@/?#]*):(?<password>[^@/?#]+)@)?"
                    + "(?<nodes>[^/?#@]+)(?:/(?<database>\\d{0,5}))?"
                    + "(?<name>\\?sentinelMasterId=(?<id>[^#&@]+)|#(?<master>[^@]+))?");

    private static final Pattern SOCKET = Pattern.compile("unix://(?<path>/[^?]+)(?:\\?db=(?<database>\\d{1,5}))?");

    /** The connection; empty if the text is not {@link #FORM}. */
    static Optional<RedisUrl> parse(String url) {
        Matcher socket = SOCKET.matcher(url);
        if (socket.matches()) {
            return Section.path(socket.group("path"))
                    .map(path ->
                            new RedisUrl(new Topology.UnixSocket(path), database(socket), Optional.empty(), false));
        }
        Matcher network = NETWORK.matcher(url);
        if (!network.matches()) {
            return Optional.empty();
        }
        boolean sentinel = network.group("kind").equals("-sentinel");
        if (!sentinel && network.group("name") != null) {
            return Optional.empty();
        }
        try {
            Optional<Credentials> credentials = credentials(network);
            return nodes(network.group("nodes"), sentinel ? SENTINEL_PORT : REDIS_PORT)
                    .flatMap(nodes -> topology(network, nodes))
                    .map(topology -> new RedisUrl(
                            topology,
                            database(network),
                            credentials,
                            !network.group("tls").isEmpty()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Comma-separated addresses; empty if one is not {@code host:port} or {@code host}. */
    static Optional<List<Node>> nodes(String text, int defaultPort) {
        List<Node> nodes = new ArrayList<>();
        for (String address : text.split(",", -1)) {
            Optional<Node> node = Node.parse(address.strip(), defaultPort);
            if (node.isEmpty()) {
                return Optional.empty();
            }
            nodes.add(node.get());
        }
        return Optional.of(List.copyOf(nodes));
    }

    private static Optional<Topology> topology(Matcher url, List<Node> nodes) {
        Optional<String> master =
                Optional.ofNullable(url.group("master")).or(() -> Optional.ofNullable(url.group("id")));
        return switch (url.group("kind")) {
            case "-sentinel" -> master.map(name -> new Topology.Sentinel(name, nodes, Optional.empty()));
            case "-cluster" -> Optional.of(new Topology.Cluster(nodes));
            default ->
                Optional.of(
                        nodes.size() == 1 ? new Topology.Standalone(nodes.getFirst()) : new Topology.Cluster(nodes));
        };
    }

    private static Optional<Integer> database(Matcher url) {
        return Optional.ofNullable(url.group("database"))
                .filter(index -> !index.isEmpty())
                .map(Integer::valueOf);
    }

    /** Throws IllegalArgumentException if the percent-encoding is invalid. */
    private static Optional<Credentials> credentials(Matcher url) {
        return Optional.ofNullable(url.group("password"))
                .map(password -> new Credentials(
                        Credentials.userOrDefault(decoded(url.group("user"))), new Secret.Literal(decoded(password))));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
