package io.github.redissessionscaler.app;

import io.github.redissessionscaler.acl.AclRule;
import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.acl.RequiredPermissions;
import io.github.redissessionscaler.keyspace.AllFailures;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.redis.RedisInspector;
import io.github.redissessionscaler.redis.RedisInspector.CommandCost;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Source;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Inspects the connections that a source reads. Not thread-safe. */
final class ConnectionInspectors implements AutoCloseable {

    private final RedisKeyspaces keyspaces;
    private final Map<String, RedisInspector> inspectors = new LinkedHashMap<>();

    ConnectionInspectors(RedisKeyspaces keyspaces, Source source) {
        this.keyspaces = keyspaces;
        for (Database database : source.databases()) {
            inspectors.computeIfAbsent(database.connection(), _ -> keyspaces.inspector(database));
        }
    }

    /**
     * The cost of each command on all connections together; empty if one of them does not report it.
     *
     * @throws KeyspaceException if a primary does not answer
     */
    Optional<Map<String, CommandCost>> commandCosts() {
        List<Optional<Map<String, CommandCost>>> all =
                AllFailures.map(inspectors.values(), RedisInspector::commandCosts);
        if (!all.stream().allMatch(Optional::isPresent)) {
            return Optional.empty();
        }
        Map<String, CommandCost> sum = new HashMap<>();
        all.forEach(one -> one.orElseThrow().forEach((command, cost) -> sum.merge(command, cost, CommandCost::plus)));
        return Optional.of(sum);
    }

    /**
     * The permissions that are missing on one of the connections: the one whose user lacks most.
     *
     * @param type of the key of a source, if known
     * @throws KeyspaceException if a primary is unavailable
     */
    MissingPermissions missing(Trigger trigger, Function<Source, Optional<KeyType>> type) {
        List<MissingPermissions> each = new ArrayList<>();
        inspectors.forEach((connection, inspector) -> {
            List<AclRule> rules = new ArrayList<>();
            for (Source part : trigger.source().parts()) {
                if (part.database().connection().equals(connection)) {
                    rules.addAll(RequiredPermissions.of(part, keyspaces.setup(part.database()), type.apply(part)));
                }
            }
            if (trigger.source().database().connection().equals(connection)) {
                rules.addAll(RequiredPermissions.ofKeys(trigger));
            }
            each.add(inspector.missing(rules.stream().distinct().toList()));
        });
        return each.stream()
                .max(Comparator.<MissingPermissions>comparingInt(
                                one -> one.needed().size())
                        .thenComparingInt(one -> one.missing().size()))
                .orElseThrow();
    }

    @Override
    public void close() {
        inspectors.values().forEach(RedisInspector::close);
    }
}
