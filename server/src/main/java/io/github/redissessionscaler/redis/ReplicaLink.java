package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.List;

/** Detects whether a server is a replica that does not follow its primary, so that its counts are old. */
final class ReplicaLink {

    private ReplicaLink() {}

    /**
     * A sentence if it is such a replica; empty if it is not, or if unknown.
     *
     * @throws KeyspaceException if the server is unavailable
     */
    static List<String> warnings(RedisNode server) {
        String info;
        try {
            info = server.info("replication");
        } catch (KeyspaceException e) {
            if (e.reason().redisAvailable()) {
                return List.of();
            }
            throw e;
        }
        if (!info.contains("role:slave")) {
            return List.of();
        }
        if (info.contains("master_sync_in_progress:1")) {
            return List.of("Redis at " + server.name()
                    + " is a replica that still copies the data of its primary, so counts may be too low or old; wait,"
                    + " or configure the connection to lead to the primary");
        }
        return info.contains("master_link_status:down")
                ? List.of("Redis at " + server.name()
                        + " is a replica that has lost its primary, so counts are old; check the primary, or configure"
                        + " the connection to lead to it")
                : List.of();
    }
}
