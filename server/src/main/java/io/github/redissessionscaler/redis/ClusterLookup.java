package io.github.redissessionscaler.redis;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.redis.Discovery.Found;
import io.github.redissessionscaler.redis.Discovery.NodeAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The primaries of a cluster, from CLUSTER SLOTS. It is sent to the seed nodes and all known primaries in parallel: at
 * first use, after a failure that a change may have caused, and every few seconds while the cluster is in use, to notice
 * new nodes and failovers.
 */
final class ClusterLookup implements PrimaryLookup {

    private static final Pattern MIGRATIONS = Pattern.compile("(?m)^cmdstat_migrate:calls=(\\d+)");

    private final List<Node> seeds;
    private final Duration timeout;
    private final ServerMap<Node> servers;
    private final Discovery<SlotMap> layout;
    private volatile Optional<RedisNode> answering = Optional.empty();

    /**
     * The slots of each primary.
     *
     * @param ranges the first slot of each range, and its primary
     * @param covered number of slots that have a primary
     * @param owners the slots by node ID; equal on all nodes
     * @param ids the node IDs of the primaries
     */
    record SlotMap(TreeMap<Integer, Node> ranges, List<Node> primaries, int covered, String owners, Set<String> ids) {}

    ClusterLookup(List<Node> seeds, NodeFactory factory) {
        this.seeds = List.copyOf(seeds);
        timeout = factory.timeout();
        servers = new ServerMap<>(factory.forPrimaries()::server);
        layout = new Discovery<>(
                this::candidates, factory, this::ask, found -> servers.keepOnly(found.primaries::contains));
    }

    @Override
    public List<RedisNode> primaries() {
        return layout.current().primaries.stream().map(servers::get).toList();
    }

    @Override
    public List<String> warnings() {
        int covered = layout.current().covered;
        return covered == Replies.SLOTS
                ? List.of()
                : List.of(
                        "%s of %s slots of the cluster have no primary, so their keys are not counted; assign them, see CLUSTER SLOTS"
                                .formatted(
                                        Numbers.withCommas(Replies.SLOTS - covered),
                                        Numbers.withCommas(Replies.SLOTS)));
    }

    @Override
    public RedisNode primaryOf(String key) {
        var range = layout.current().ranges.floorEntry(JedisClusterCRC16.getSlot(key));
        if (range == null) {
            throw new KeyspaceException(Reason.CLUSTERDOWN, "no primary of the cluster has the slot of the key " + key);
        }
        return servers.get(range.getValue());
    }

    @Override
    public RedisNode at(Node node) {
        return servers.get(node);
    }

    /** Tries the primary that answered last first. */
    @Override
    public <R> R ofAny(Function<RedisNode, R> question) {
        List<RedisNode> all = primaries();
        RedisNode first = answering.filter(all::contains).orElseGet(all::getFirst);
        if (all.size() == 1) {
            return question.apply(first);
        }
        var race = new Race<R>(_ -> {});
        race.start(() -> answered(first, question));
        Optional<R> answer = race.await(timeout.dividedBy(4));
        if (answer.isPresent()) {
            return answer.get();
        }
        all.stream().filter(other -> other != first).forEach(other -> race.start(() -> answered(other, question)));
        return race.awaitLast(
                timeout.multipliedBy(3).dividedBy(4),
                () -> new KeyspaceException(
                        Reason.TIMEOUT,
                        "no answer in time from "
                                + all.stream().map(RedisNode::name).collect(joining(", "))));
    }

    private <R> R answered(RedisNode server, Function<RedisNode, R> question) {
        R answer = question.apply(server);
        answering = Optional.of(server);
        return answer;
    }

    /**
     * Keys move by MIGRATE, whose calls each primary counts, or with their whole slot, which then has another owner. The
     * primaries must agree on the owners, because at the end of a move one learns of it before the other. Without
     * permission for INFO, only the owners are compared.
     */
    @Override
    public Optional<String> placement() {
        SlotMap now = layout.current();
        List<RedisNode> primaries = now.primaries.stream().map(servers::get).toList();
        List<String> views = PrimaryLookup.askEach(primaries, ClusterLookup::ownersSeenBy);
        if (!views.stream().allMatch(now.owners::equals)) {
            layout.doubt();
            return Optional.empty();
        }
        return Optional.of(now.owners + PrimaryLookup.askEach(primaries, ClusterLookup::migrations));
    }

    private static String ownersSeenBy(RedisNode primary) {
        return primary.execute(Commands.parsed(Commands.CLUSTER_SLOTS, ClusterLookup::owners));
    }

    /** Number of MIGRATE calls of the server, from INFO. */
    private static String migrations(RedisNode primary) {
        try {
            Matcher calls = MIGRATIONS.matcher(primary.info("commandstats"));
            return calls.find() ? calls.group(1) : "0";
        } catch (KeyspaceException e) {
            return switch (e.reason()) {
                case NOPERM, OTHER -> "?";
                default -> throw e;
            };
        }
    }

    @Override
    public void invalidate(KeyspaceException failure) {
        if (PrimaryLookup.mayBeOthers(failure)) {
            layout.doubt();
        }
    }

    @Override
    public Optional<?> known() {
        return layout.known();
    }

    @Override
    public boolean haveChanged(Optional<?> before, KeyspaceException failure) {
        return PrimaryLookup.mayBeOthers(failure) && layout.hasChanged(before);
    }

    @Override
    public void close() {
        layout.close();
        servers.close();
    }

    /** Nodes to send CLUSTER SLOTS to: the seed nodes and the known primaries. */
    private Set<Node> candidates() {
        Set<Node> candidates = new LinkedHashSet<>(seeds);
        layout.known().ifPresent(known -> candidates.addAll(known.primaries));
        return candidates;
    }

    private Found<SlotMap> ask(NodeAddress place, RedisNode node) {
        SlotMap found = node.execute(Commands.parsed(Commands.CLUSTER_SLOTS, ranges -> parse(place.self(), ranges)));
        if (!seeds.contains(place.node())) {
            layout.known().ifPresent(known -> requireSameCluster(place, known, found));
        }
        return new Found<>(found, 0);
    }

    /** The address of a removed node may belong to another cluster now. The seed nodes are those of the right one. */
    private static void requireSameCluster(NodeAddress place, SlotMap known, SlotMap found) {
        if (Collections.disjoint(known.ids, found.ids)) {
            throw new KeyspaceException(Reason.UNREACHABLE, "Redis at " + place.node() + " belongs to another cluster");
        }
    }

    /**
     * Each range is its first slot, its last slot, its primary, then replicas. A node without a host is the node that
     * replied.
     */
    static SlotMap parse(Node asked, List<Object> ranges) {
        var primaries = new TreeMap<Integer, Node>();
        int covered = 0;
        for (Object range : ranges) {
            List<?> fields = (List<?>) range;
            covered += Replies.slots(fields);
            List<?> primary = (List<?>) fields.get(2);
            byte[] host = (byte[]) primary.get(0);
            boolean unnamed = host == null || host.length == 0;
            primaries.put(
                    Replies.firstSlot(fields),
                    new Node(
                            unnamed ? asked.host() : new String(host, StandardCharsets.UTF_8),
                            ((Long) primary.get(1)).intValue()));
        }
        if (primaries.isEmpty()) {
            throw new KeyspaceException(Reason.CLUSTERDOWN, "no node of the cluster has slots");
        }
        return new SlotMap(
                primaries,
                List.copyOf(new LinkedHashSet<>(primaries.values())),
                covered,
                owners(ranges),
                ranges.stream()
                        .map(range -> id((List<?>) ((List<?>) range).get(2)))
                        .collect(toUnmodifiableSet()));
    }

    /** The ranges in order, each with the ID of its primary. */
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
