package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the servers of a connection stand together. */
public sealed interface Topology {

    /** One server, or a proxy that looks like one. */
    record Standalone(Node node) implements Topology {}

    /** One server on this machine. */
    record UnixSocket(Path path) implements Topology {}

    /** The primary that the sentinels name. */
    record Sentinel(String masterName, List<Node> sentinels, Optional<Credentials> sentinelCredentials)
            implements Topology {}

    /** All primaries of a cluster, found from these nodes. */
    record Cluster(List<Node> nodes) implements Topology {}
}
