package io.github.redissessionscaler.app;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.counting.Keyspaces;
import io.github.redissessionscaler.evaluation.Access;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.trigger.Database;
import java.util.Map;
import java.util.function.Supplier;

/** Access as the configured connections grant it. */
record ConnectionAccess(Supplier<Map<String, ConnectionConfig>> connections, Keyspaces keyspaces) implements Access {

    @Override
    public void check(String namespace, Database database) {
        ConnectionConfig connection = connections.get().get(database.connection());
        if (connection != null
                && !connection.namespaces().isEmpty()
                && !connection.namespaces().contains(namespace)) {
            throw new AccessDeniedException("connection: the namespace '" + namespace + "' may not use '"
                    + database.connection() + "'; the scaler's configuration lists the namespaces that may");
        }
        keyspaces.of(database);
    }
}
