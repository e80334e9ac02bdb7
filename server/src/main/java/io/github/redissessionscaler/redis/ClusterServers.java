package io.github.redissessionscaler.redis;

import static io.github.redissessionscaler.redis.Server.COMMANDS;
import static java.util.stream.Collectors.joining;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.SafeEncoder;

/**
 * The primaries of a cluster, as CLUSTER SLOTS names them. It is asked when they are first needed, after every failure, and
 * every few seconds, so that a node that was added, or a primary that came back as a replica, is noticed.
 */
final class ClusterServers implements Servers {

    private static final Duration TRUSTED_FOR = Duration.ofSeconds(2);

    private static final CommandObject<List<Object>> SLOTS = new CommandObject<>(
            new CommandArguments(Protocol.Command.CLUSTER).add(SafeEncoder.encode("SLOTS")),
            BuilderFactory.RAW_OBJECT_LIST);

    private static final Pattern MIGRATIONS = Pattern.compile("(?m)^cmdstat_migrate:calls=(\\d+)");

    private final List<Node> seeds;
    private final Connector toAnyNode;
    private final Connector toPrimaries;
    private final Map<Node, Server> guides = new HashMap<>();
    private final Map<Node, Server> servers = new HashMap<>();
    private Layout layout = new Layout(new TreeMap<>(), List.of(), "");
    private long askedAt;
    private boolean trusted;

    /**
     * Which primary has which slots.
     *
     * @param ranges the first slot of each range, and its primary
     * @param owners the same by the names that the nodes have among each other, which are alike whichever of them is asked
     */
    record Layout(TreeMap<Integer, Node> ranges, List<Node> primaries, String owners) {}

    ClusterServers(List<Node> seeds, Connector connector) {
        this.seeds = List.copyOf(seeds);
        this.toAnyNode = connector;
        this.toPrimaries = connector.forPrimaries();
    }

    @Override
    public synchronized List<Server> primaries() {
        refreshIfOld();
        return layout.primaries.stream().map(this::server).toList();
    }

    @Override
    public synchronized Server primaryOf(String key) {
        refreshIfOld();
        var range = layout.ranges.floorEntry(JedisClusterCRC16.getSlot(key));
        if (range == null) {
            throw new KeyspaceException(Reason.CLUSTERDOWN, "no primary of the cluster has the slot of " + key);
        }
        return server(range.getValue());
    }

    @Override
    public synchronized Server at(Node node) {
        return server(node);
    }

    /**
     * Keys move by MIGRATE, of which each primary tells how often it was called, or as one with their slot, which then has
     * another owner. The primaries must agree on the owners, since at the end of a move one knows of it before the other.
     * Where INFO is refused, the owners alone are known.
     */
    @Override
    public Optional<String> placement() {
        List<Server> primaries;
        String owners;
        synchronized (this) {
            primaries = primaries();
            owners = layout.owners;
        }
        List<String> views = Servers.askEach(primaries, ClusterServers::ownersSeenBy);
        if (!views.stream().allMatch(owners::equals)) {
            synchronized (this) {
                trusted = false;
            }
            return Optional.empty();
        }
        return Optional.of(owners + Servers.askEach(primaries, ClusterServers::migrations));
    }

    private static String ownersSeenBy(Server primary) {
        return primary.execute(Server.parsed(SLOTS, ClusterServers::owners));
    }

    /** How often the server was asked to MIGRATE keys, as INFO says it. */
    private static String migrations(Server primary) {
        try {
            Matcher calls = MIGRATIONS.matcher(primary.execute(COMMANDS.info("commandstats")));
            return calls.find() ? calls.group(1) : "0";
        } catch (KeyspaceException e) {
            return switch (e.reason()) {
                case NOPERM, OTHER -> "?";
                default -> throw e;
            };
        }
    }

    @Override
    public synchronized void suspect(KeyspaceException failure) {
        trusted = false;
    }

    @Override
    public synchronized void close() {
        closeAllBut(Set.of(), servers);
        closeAllBut(Set.of(), guides);
    }

    private Server server(Node node) {
        return servers.computeIfAbsent(node, toPrimaries::server);
    }

    private void refreshIfOld() {
        long now = System.nanoTime();
        if (trusted && now - askedAt < TRUSTED_FOR.toNanos()) {
            return;
        }
        layout = askAnyNode();
        askedAt = now;
        trusted = true;
        closeAllBut(layout.primaries, servers);
        closeAllBut(candidates(), guides);
    }

    private static void closeAllBut(Collection<Node> nodes, Map<Node, Server> servers) {
        servers.entrySet().removeIf(entry -> {
            boolean gone = !nodes.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    /** Who can be asked for the layout: the primaries as they were known, then the nodes of the configuration. */
    private Set<Node> candidates() {
        Set<Node> candidates = new LinkedHashSet<>(layout.primaries);
        candidates.addAll(seeds);
        return candidates;
    }

    private Layout askAnyNode() {
        KeyspaceException last = new KeyspaceException(Reason.CLUSTERDOWN, "the cluster has no node");
        for (Node node : candidates()) {
            try {
                return guides.computeIfAbsent(node, toAnyNode::server)
                        .execute(Server.parsed(SLOTS, ranges -> parse(node, ranges)));
            } catch (KeyspaceException e) {
                last = e;
            }
        }
        throw last;
    }

    /** Each range is its first slot, its last slot, its primary, then replicas; a node without a host is the one asked. */
    static Layout parse(Node asked, List<Object> ranges) {
        var primaries = new TreeMap<Integer, Node>();
        for (Object range : ranges) {
            List<?> fields = (List<?>) range;
            List<?> primary = (List<?>) fields.get(2);
            byte[] host = (byte[]) primary.get(0);
            boolean unnamed = host == null || host.length == 0;
            primaries.put(
                    ((Long) fields.get(0)).intValue(),
                    new Node(
                            unnamed ? asked.host() : new String(host, StandardCharsets.UTF_8),
                            ((Long) primary.get(1)).intValue()));
        }
        if (primaries.isEmpty()) {
            throw new KeyspaceException(Reason.CLUSTERDOWN, "no node of the cluster has slots");
        }
        return new Layout(primaries, List.copyOf(new LinkedHashSet<>(primaries.values())), owners(ranges));
    }

    /** The ranges in the order of their slots, each with the id of its primary. */
    private static String owners(List<Object> ranges) {
        return ranges.stream()
                .map(range -> (List<?>) range)
                .sorted(Comparator.comparing(fields -> (Long) fields.get(0)))
                .map(fields -> fields.get(0) + "-" + fields.get(1) + " " + id((List<?>) fields.get(2)))
                .collect(joining(","));
    }

    private static String id(List<?> node) {
        return node.size() > 2
                ? new String((byte[]) node.get(2), StandardCharsets.US_ASCII)
                : String.valueOf(node.get(1));
    }
}
