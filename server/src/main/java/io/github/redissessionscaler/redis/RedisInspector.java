package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.acl.AclRule;
import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.acl.MissingPermissions.MissingRule;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;

/** Inspects the primaries of a connection: the permissions of the user and the cost of commands. Not thread-safe. */
public final class RedisInspector implements AutoCloseable {

    /** What a command has cost one or more servers, for all clients. */
    public record CommandCost(long calls, long micros) {

        public CommandCost plus(CommandCost other) {
            return new CommandCost(calls + other.calls, micros + other.micros);
        }
    }

    /**
     * What is at the other end of a connection.
     *
     * @param addresses of all primaries
     * @param server product and version; {@code unknown} without permission for INFO
     * @param user that the scaler is to the server
     */
    public record ServerInfo(List<String> addresses, String server, String user) {}

    private enum Refusal {
        COMMAND,
        PLACE
    }

    private static final Pattern COMMAND_STATS =
            Pattern.compile("(?m)^cmdstat_([^:]+):calls=(\\d{1,18}),usec=(\\d{1,18}),");

    private static final String NO_PERMISSION = "NOPERM";

    /** Beginnings of errors about the arguments: they show that the user may call the command. */
    private static final List<String> DONE_IF_ALLOWED =
            List.of("ERR", "WRONGTYPE", "MOVED", "ASK", "CROSSSLOT", "NOSCRIPT", "READONLY");

    private final ConnectionConfig connection;
    private final PrimaryLookup servers;
    private final NodeFactory factory;
    private @Nullable RedisNode someNode;

    /** Connects at first use, without a database, because the user may lack permission for SELECT. */
    RedisInspector(ConnectionConfig connection, PrimaryLookup servers, NodeFactory factory) {
        this.connection = connection;
        this.servers = servers;
        this.factory = factory;
    }

    /**
     * The rules that some primary does not grant. Uses ACL DRYRUN if the user may, otherwise tries the commands.
     *
     * @throws KeyspaceException if a primary is unavailable
     */
    public MissingPermissions missing(List<AclRule> rights) {
        Map<AclRule, Set<Refusal>> refused = new HashMap<>();
        Set<String> granted = new HashSet<>();
        boolean first = true;
        for (RedisNode server : reachable()) {
            Set<String> grantedHere = new HashSet<>();
            for (AclRule right : rights) {
                Optional<Refusal> refusal = refusal(server, right);
                refusal.ifPresent(one ->
                        refused.computeIfAbsent(right, _ -> new HashSet<>()).add(one));
                if (refusal.isEmpty()) {
                    right.place().ifPresent(grantedHere::add);
                }
            }
            if (first) {
                granted.addAll(grantedHere);
            } else {
                granted.retainAll(grantedHere);
            }
            first = false;
        }
        List<MissingRule> missing = rights.stream()
                .filter(refused::containsKey)
                .map(right -> new MissingRule(
                        right,
                        refused.getOrDefault(right, Set.of()).contains(Refusal.COMMAND),
                        refused.getOrDefault(right, Set.of()).contains(Refusal.PLACE)
                                || !right.place().map(granted::contains).orElse(true)))
                .toList();
        return new MissingPermissions(user(), missing);
    }

    /**
     * The cost of each command on all primaries together; empty if one of them does not report it.
     *
     * @throws KeyspaceException if a primary does not answer
     */
    public Optional<Map<String, CommandCost>> commandCosts() {
        Map<String, CommandCost> costs = new HashMap<>();
        for (RedisNode server : reachable()) {
            Object reply = attempt(server, "INFO", "commandstats");
            if (!(reply instanceof byte[] info)) {
                return Optional.empty();
            }
            Matcher stats = COMMAND_STATS.matcher(new String(info, UTF_8));
            while (stats.find()) {
                String command = stats.group(1).split("\\|", 2)[0].toUpperCase(Locale.ROOT);
                costs.merge(
                        command,
                        new CommandCost(Long.parseLong(stats.group(2)), Long.parseLong(stats.group(3))),
                        CommandCost::plus);
            }
        }
        return costs.isEmpty() ? Optional.empty() : Optional.of(costs);
    }

    /**
     * Asks one primary what it is, and all whether they have the connection's database.
     *
     * @throws KeyspaceException if one is unavailable, or has no such database
     */
    public ServerInfo serverInfo() {
        List<RedisNode> nodes = reachable();
        RedisNode server = nodes.getFirst();
        String info = text(server, "", "INFO", "server");
        if (info.contains("redis_mode:sentinel")) {
            refuseSentinel(server);
        }
        nodes.forEach(this::select);
        String user = text(server, user(), "ACL", "WHOAMI");
        List<String> addresses = nodes.stream().map(RedisNode::name).toList();
        return new ServerInfo(addresses, RedisShard.productAndVersion(info).orElse("unknown"), Printable.plain(user));
    }

    /**
     * The reply.
     *
     * @param otherwise if the user may not call the command, or the server lacks it
     */
    private static String text(RedisNode server, String otherwise, String... words) {
        Object reply = attempt(server, words);
        if (reply instanceof String error && !error.startsWith("ERR") && !error.startsWith(NO_PERMISSION)) {
            throw RedisErrors.explain(server.name(), new JedisDataException(error));
        }
        return reply instanceof byte[] text ? new String(text, UTF_8) : otherwise;
    }

    /** Throws if the server lacks the configured database, or the user may not select it. */
    private void select(RedisNode server) {
        int index = connection.database();
        if (index == 0 || !(attempt(server, "SELECT", String.valueOf(index)) instanceof String error)) {
            return;
        }
        var refusal = new JedisDataException(error);
        if (!MissingDatabase.isSaidBy(refusal)) {
            throw RedisErrors.explain(server.name(), refusal);
        }
        try (Connection open = server.open()) {
            throw new MissingDatabase(server.name(), index, System::nanoTime)
                    .missing(MissingDatabase.databases(open, index), refusal);
        }
    }

    private static void refuseSentinel(RedisNode server) {
        try (Connection connection = server.open()) {
            NodeFactory.sentinelMaster(connection).ifPresent(master -> {
                throw RedisErrors.isSentinel(server.name(), master, new JedisDataException("ERR a Sentinel"));
            });
        }
    }

    /** The configured user. */
    private String user() {
        return connection.credentials().map(Credentials::username).orElse("default");
    }

    /**
     * The indexes of the databases that hold keys on some primary, from INFO; empty if it is refused.
     *
     * @throws KeyspaceException if a primary does not answer
     */
    public Optional<Set<Integer>> databasesWithKeys() {
        Set<Integer> databases = new TreeSet<>();
        for (RedisNode server : reachable()) {
            if (!(attempt(server, "INFO", "keyspace") instanceof byte[] info)) {
                return Optional.empty();
            }
            databases.addAll(RedisShard.databaseSizes(new String(info, UTF_8)).keySet());
        }
        return Optional.of(databases);
    }

    @Override
    public void close() {
        servers.close();
        if (someNode != null) {
            someNode.close();
        }
    }

    /** The primaries, or one of the seed nodes if the user lacks permission for CLUSTER SLOTS. */
    private List<RedisNode> reachable() {
        try {
            return servers.primaries();
        } catch (KeyspaceException e) {
            if (e.reason() == Reason.NOPERM && connection.topology() instanceof Topology.Cluster cluster) {
                if (someNode == null) {
                    someNode = factory.server(cluster.nodes().getFirst());
                }
                return List.of(someNode);
            }
            throw e;
        }
    }

    private Optional<Refusal> refusal(RedisNode server, AclRule right) {
        return dryRun(server, right).orElseGet(() -> {
            String[] words = right.attempt().toArray(String[]::new);
            return attempt(server, words) instanceof String error ? ofError(server, error) : Optional.empty();
        });
    }

    /** The result of ACL DRYRUN; empty if it is not permitted. */
    private Optional<Optional<Refusal>> dryRun(RedisNode server, AclRule right) {
        List<String> words = new ArrayList<>(List.of("ACL", "DRYRUN", user()));
        words.addAll(right.attempt());
        if (!(attempt(server, words.toArray(String[]::new)) instanceof byte[] reply)) {
            return Optional.empty();
        }
        String said = new String(reply, UTF_8);
        return Optional.of(said.equals("OK") ? Optional.empty() : ofWords(said));
    }

    /**
     * A server that does not accept the user, is unavailable, or lacks the command does not show permissions.
     *
     * @throws KeyspaceException in these cases
     */
    private static Optional<Refusal> ofError(RedisNode server, String error) {
        if (error.startsWith(NO_PERMISSION)) {
            return ofWords(error);
        }
        if (DONE_IF_ALLOWED.stream().anyMatch(error::startsWith) && !error.startsWith("ERR unknown command")) {
            return Optional.empty();
        }
        throw RedisErrors.explain(server.name(), new JedisDataException(error));
    }

    private static Optional<Refusal> ofWords(String said) {
        return Optional.of(said.contains("to run the '") ? Refusal.COMMAND : Refusal.PLACE);
    }

    /** The raw reply, or the text of an error. Uses a new connection, because a subscribed one accepts no other command. */
    private static Object attempt(RedisNode server, String... words) {
        String[] arguments = List.of(words).subList(1, words.length).toArray(String[]::new);
        ProtocolCommand command = Protocol.Command.valueOf(words[0].toUpperCase(Locale.ROOT));
        try (Connection connection = server.open()) {
            connection.sendCommand(command, arguments);
            return reply(connection);
        } catch (RuntimeException e) {
            throw RedisErrors.explain(server.name(), e);
        }
    }

    private static Object reply(Connection connection) {
        try {
            Object reply = connection.getOne();
            return reply == null ? new byte[0] : reply;
        } catch (JedisDataException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
