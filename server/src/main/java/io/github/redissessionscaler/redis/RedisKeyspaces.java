package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.acl.RequiredPermissions;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.identity.Identities;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.telemetry.ConnectionStats;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** The databases of all configured connections. Thread-safe. */
public final class RedisKeyspaces implements Keyspaces, KeyspaceEvents, AutoCloseable {

    /** Longer than KEDA ever waits between two polls of a trigger. */
    private static final Duration CLOSED_UNUSED_AFTER = Duration.ofMinutes(10);

    private final Supplier<Map<String, ConnectionConfig>> connections;
    private final Duration timeout;
    private final Telemetry telemetry;
    private final Identities identities;
    private final ConcurrentMap<Database, RedisKeyspace> keyspaces = new ConcurrentHashMap<>();

    /**
     * Connects at first use.
     *
     * @param connections the configured connections by name, read at each use: a read uses the connection as it is
     *     configured when the read begins
     * @param timeout of connecting and of each reply
     * @param telemetry counts the traffic of each connection
     */
    public RedisKeyspaces(Supplier<Map<String, ConnectionConfig>> connections, Duration timeout, Telemetry telemetry) {
        this(connections, timeout, telemetry, Identities.ofThisMachine(timeout));
    }

    RedisKeyspaces(
            Supplier<Map<String, ConnectionConfig>> connections,
            Duration timeout,
            Telemetry telemetry,
            Identities identities) {
        this.identities = identities;
        this.timeout = timeout;
        this.telemetry = telemetry;
        this.connections = connections;
    }

    /** Closes the connections of unused databases. They are opened again at the next use. */
    public void closeUnused() {
        closeUnusedFor(CLOSED_UNUSED_AFTER);
    }

    void closeUnusedFor(Duration time) {
        keyspaces.values().forEach(keyspace -> keyspace.closeIfUnusedFor(time));
    }

    @Override
    public Keyspace of(Database database) {
        return opened(database);
    }

    @Override
    public void check(Database database) {
        checked(database);
    }

    @Override
    public Object backend(Database database) {
        return opened(database).servers();
    }

    @Override
    public Database canonical(Database database) {
        ConnectionConfig connection = connections.get().get(database.connection());
        return connection == null
                ? database
                : new Database(database.connection(), OptionalInt.of(index(connection, database)));
    }

    @Override
    public String name(Database database) {
        ConnectionConfig connection = connections.get().get(database.connection());
        return connection == null
                ? Keyspaces.super.name(database)
                : "Redis at " + connection.topology().address();
    }

    @Override
    public Feed listen(Database database, Listener listener) {
        return opened(database).listen(listener);
    }

    /**
     * An inspector of the servers of a connection.
     *
     * @throws InvalidInputException if there is no such connection, or the connection has no such database
     */
    public RedisInspector inspector(Database database) {
        ConnectionConfig connection = checked(database);
        NodeFactory factory =
                NodeFactory.of(connection, identities, 0, timeout, telemetry.connection(connection.name()));
        return new RedisInspector(connection, servers(connection, factory), factory);
    }

    /**
     * The topology of a database, as far as permissions depend on it.
     *
     * @throws InvalidInputException if there is no such connection, or the connection has no such database
     */
    public RequiredPermissions.RedisSetup setup(Database database) {
        ConnectionConfig connection = checked(database);
        boolean cluster = connection.topology() instanceof Topology.Cluster;
        return new RequiredPermissions.RedisSetup(
                cluster, cluster || connection.topology() instanceof Topology.Sentinel, index(connection, database));
    }

    @Override
    public void close() {
        keyspaces.values().forEach(RedisKeyspace::close);
    }

    private RedisKeyspace opened(Database database) {
        ConnectionConfig connection = checked(database);
        Database canonical = canonical(database);
        RedisKeyspace known = keyspaces.get(canonical);
        RedisKeyspace keyspace = known == null
                ? keyspaces.computeIfAbsent(canonical, _ -> new RedisKeyspace(backend(connection, database)))
                : known;
        keyspace.use(connection, () -> backend(connection, database));
        return keyspace;
    }

    private ConnectionConfig checked(Database database) {
        ConnectionConfig connection = connections.get().get(database.connection());
        if (connection == null) {
            throw InvalidInputException.of(
                    "connection", Printable.refused(database.connection()) + " is not a connection of the scaler");
        }
        int index = index(connection, database);
        if (index > ConnectionConfig.HIGHEST_DATABASE) {
            throw InvalidInputException.of(
                    "databaseIndex",
                    index + " is not a whole number from 0 to " + ConnectionConfig.HIGHEST_DATABASE
                            + "; Redis has 16 databases unless it is configured otherwise");
        }
        return connection;
    }

    private RedisKeyspace.Backend backend(ConnectionConfig connection, Database database) {
        int index = index(connection, database);
        ConnectionStats stats = telemetry.connection(connection.name());
        NodeFactory factory = NodeFactory.of(connection, identities, index, timeout, stats);
        return new RedisKeyspace.Backend(connection, index, servers(connection, factory), stats);
    }

    private static int index(ConnectionConfig connection, Database database) {
        return database.index().orElse(connection.database());
    }

    private static PrimaryLookup servers(ConnectionConfig connection, NodeFactory factory) {
        return switch (connection.topology()) {
            case Topology.Standalone(Node node) -> new StandaloneLookup(factory.server(node));
            case Topology.UnixSocket(Path path) -> new StandaloneLookup(factory.server(path));
            case Topology.Sentinel sentinel -> new SentinelLookup(sentinel, factory);
            case Topology.Cluster(List<Node> nodes) -> new ClusterLookup(nodes, factory);
        };
    }
}
