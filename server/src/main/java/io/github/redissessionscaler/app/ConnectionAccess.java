package io.github.redissessionscaler.app;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.evaluation.Access;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.trigger.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Access according to the configured connections. */
record ConnectionAccess(Supplier<Map<String, ConnectionConfig>> connections, Keyspaces keyspaces) implements Access {

    @Override
    public void check(TriggerRef ref) {
        List<Problem> problems = new ArrayList<>();
        for (Database database : ref.trigger().source().databases()) {
            try {
                check(ref.namespace(), database);
            } catch (InvalidInputException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException(problems.stream().distinct().toList());
        }
    }

    private void check(String namespace, Database database) {
        ConnectionConfig connection = connections.get().get(database.connection());
        if (connection != null
                && !connection.namespaces().isEmpty()
                && !connection.namespaces().contains(namespace)) {
            throw new AccessDeniedException("connection: the namespace '" + namespace + "' may not use '"
                    + database.connection() + "'; the scaler's configuration lists the namespaces that may");
        }
        if (connection == null) {
            throw unknown(namespace, database.connection());
        }
        keyspaces.check(database);
    }

    /** The message names only connections that the namespace may use. */
    private InvalidInputException unknown(String namespace, String name) {
        List<String> usable = connections.get().values().stream()
                .filter(one -> one.namespaces().isEmpty() || one.namespaces().contains(namespace))
                .map(ConnectionConfig::name)
                .sorted()
                .toList();
        return InvalidInputException.of(
                "connection",
                Printable.refused(name) + " is not a connection of the scaler; "
                        + (usable.isEmpty()
                                ? "it has none for the namespace '" + namespace + "'"
                                : "this namespace may use " + String.join(", ", usable))
                        + Suggestions.question(name, usable));
    }
}
