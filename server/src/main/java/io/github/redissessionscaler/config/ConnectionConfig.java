package io.github.redissessionscaler.config;

import java.util.Optional;
import java.util.Set;

/**
 * A Redis connection that triggers can name.
 *
 * @param database index, at least 0; 0 for a cluster
 * @param namespaces Kubernetes namespaces whose triggers may use it; empty for all
 */
public record ConnectionConfig(
        String name,
        Topology topology,
        int database,
        Optional<Credentials> credentials,
        Optional<RedisTls> tls,
        Set<String> namespaces) {

    /** The connection of triggers that name none. */
    public static final String DEFAULT = "default";

    /** Redis has 16 databases by default; each used one costs a connection pool. */
    public static final int HIGHEST_DATABASE = 1023;

    /** Whether both connect to the same Redis in the same way, regardless of namespaces. */
    public boolean leadsAs(ConnectionConfig other) {
        return equals(other) || open().equals(other.open());
    }

    private ConnectionConfig open() {
        return new ConnectionConfig(name, topology, database, credentials, tls, Set.of());
    }
}
