package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The topology of a connection. */
public sealed interface Topology {

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
