package io.github.redissessionscaler.config;

import java.util.Optional;
import java.util.Set;

/**
 * A Redis connection that triggers can name.
 *
 * @param database index, at least 0; 0 for a cluster
 * @param namespaces Kubernetes namespaces whose triggers may use it; all when empty
 */
public record ConnectionConfig(
        String name,
        Topology topology,
        int database,
        Optional<Credentials> credentials,
        Optional<RedisTls> tls,
        Set<String> namespaces) {

    /** The connection of a trigger that names none. */
    public static final String DEFAULT = "default";

    /** Redis has 16 databases unless it is configured otherwise; each that is used costs a pool of connections. */
    public static final int HIGHEST_DATABASE = 1023;

    /** Whether both lead to the same Redis in the same way, whoever may use them. */
    public boolean leadsAs(ConnectionConfig other) {
        return equals(other) || open().equals(other.open());
    }

    private ConnectionConfig open() {
        return new ConnectionConfig(name, topology, database, credentials, tls, Set.of());
    }
}
