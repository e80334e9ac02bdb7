package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The topology of a connection. */
public sealed interface Topology {

    /** Where Redis is, for people: {@code host:port}, a path, {@code NAME by Sentinel …} or {@code cluster …}. It has no secret. */
    default String address() {
        return switch (this) {
            case Standalone(Node node) -> node.toString();
            case UnixSocket(Path path) -> path.toString();
            case Sentinel sentinel -> sentinel.masterName() + " by Sentinel " + list(sentinel.sentinels());
            case Cluster(List<Node> nodes) -> "cluster " + list(nodes);
        };
    }

    private static String list(List<Node> nodes) {
        return nodes.stream().map(Node::toString).collect(Collectors.joining(", "));
    }

    /** One server, or a proxy that acts as one. */
    record Standalone(Node node) implements Topology {}

    /** One server on this host. */
    record UnixSocket(Path path) implements Topology {}

    /** The primary named by sentinels. */
    record Sentinel(String masterName, List<Node> sentinels, Optional<Credentials> sentinelCredentials)
            implements Topology {}

    /** The primaries of a cluster, found from these seed nodes. */
    record Cluster(List<Node> nodes) implements Topology {}
}
