package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    private final List<Node> seeds;
    private final Connector toAnyNode;
    private final Connector toPrimaries;
    private final Map<Node, Server> guides = new HashMap<>();
    private final Map<Node, Server> servers = new HashMap<>();
    private Layout layout = new Layout(new TreeMap<>(), List.of());
    private long askedAt;
    private boolean trusted;

    /** Which primary has which slots: the first slot of each range, and its primary. */
    record Layout(TreeMap<Integer, Node> ranges, List<Node> primaries) {}

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
        var arguments = new CommandArguments(Protocol.Command.CLUSTER).add(SafeEncoder.encode("SLOTS"));
        var question = new CommandObject<>(arguments, BuilderFactory.RAW_OBJECT_LIST);
        KeyspaceException last = new KeyspaceException(Reason.CLUSTERDOWN, "the cluster has no node");
        for (Node node : candidates()) {
            try {
                return guides.computeIfAbsent(node, toAnyNode::server)
                        .execute(Server.parsed(question, ranges -> parse(node, ranges)));
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
        return new Layout(primaries, List.copyOf(new ArrayList<>(new LinkedHashSet<>(primaries.values()))));
    }
}
