package io.github.redissessionscaler.testing;

import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A Redis Cluster on loopback: primaries that share the slots evenly, each with one replica or none. */
public final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;

    private final String binary;
    private final List<String> options;
    private final List<RedisServer> primaries = new ArrayList<>();
    private final List<RedisServer> replicas = new ArrayList<>();

    private RedisCluster(String binary, List<String> options) {
        this.binary = binary;
        this.options = options;
    }

    /** Starts a cluster of default redis-servers and waits until every node says that it is whole. */
    public static RedisCluster start(int primaries, boolean withReplicas) {
        return startBinary(RedisBinaries.standard(), primaries, withReplicas);
    }

    /** The same without replicas; a primary serves its keys also while others are missing. */
    public static RedisCluster startPartial(int primaries) {
        return start(
                RedisBinaries.standard(),
                primaries,
                false,
                List.of("--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000"));
    }

    /** The same with a redis-server of the test's choice. */
    public static RedisCluster startBinary(String binary, int primaries, boolean withReplicas) {
        return start(binary, primaries, withReplicas, List.of());
    }

    /** The same without replicas, with these options for each redis-server. */
    public static RedisCluster startBinary(String binary, int primaries, List<String> options) {
        return start(binary, primaries, false, options);
    }

    private static RedisCluster start(String binary, int primaries, boolean withReplicas, List<String> options) {
        var cluster = new RedisCluster(binary, options);
        for (int i = 0; i < primaries; i++) {
            cluster.primaries.add(cluster.node());
        }
        for (int i = 0; i < primaries; i++) {
            int[] slots = IntStream.range(i * SLOTS / primaries, (i + 1) * SLOTS / primaries)
                    .toArray();
            try (Jedis jedis = cluster.primaries.get(i).connect()) {
                jedis.clusterAddSlots(slots);
            }
        }
        cluster.primaries.stream().skip(1).forEach(cluster::meet);
        cluster.awaitWhole(primaries);
        if (withReplicas) {
            cluster.addReplicas();
        }
        return cluster;
    }

    public List<Node> nodes() {
        return primaries.stream()
                .map(server -> new Node("127.0.0.1", server.port()))
                .toList();
    }

    public RedisServer primary(int index) {
        return primaries.get(index);
    }

    /** A key for each primary that has had its slots since all started. */
    public List<String> keyOfEachPrimary(int primaries) {
        return IntStream.range(0, primaries)
                .mapToObj(primary -> IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> "queue:" + i)
                        .filter(key -> JedisClusterCRC16.getSlot(key) * primaries / SLOTS == primary)
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    /** The replicas when all started, one for each primary; none where it was started without. */
    public Stream<RedisServer> replicas() {
        return replicas.stream();
    }

    /** A client of the test's own. */
    public RedisClusterClient connect() {
        Set<HostAndPort> nodes = new HashSet<>();
        all().forEach(server -> nodes.add(new HostAndPort("127.0.0.1", server.port())));
        return RedisClusterClient.builder().nodes(nodes).build();
    }

    /** Makes the replica of a primary take its place, with nothing lost, and waits until it has. */
    public void failOver(int index) {
        try (Jedis replica = replicas.get(index).connect()) {
            replica.clusterFailover();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> replica.role().getFirst().equals("master"));
        }
    }

    /** Waits until every replica holds what its primary holds. */
    public void awaitReplicas() {
        for (int i = 0; i < replicas.size(); i++) {
            try (Jedis primary = primaries.get(i).connect();
                    Jedis replica = replicas.get(i).connect()) {
                await().until(() -> replica.dbSize() == primary.dbSize());
            }
        }
    }

    /** Waits until a primary says that another one has failed, with its slots. */
    public void awaitSlotsFailed(int index) {
        try (Jedis jedis = primaries.get(index).connect()) {
            await().until(() -> !jedis.clusterInfo().contains("cluster_slots_fail:0"));
        }
    }

    /** Adds a primary without slots. Returns it. */
    public RedisServer addPrimary() {
        RedisServer added = node();
        primaries.add(added);
        meet(added);
        awaitWhole(all().size());
        return added;
    }

    /** Moves slots, with their keys, from one primary to another. */
    public void moveSlots(RedisServer from, RedisServer to, IntStream slots) {
        try (Jedis source = from.connect();
                Jedis target = to.connect()) {
            String targetId = target.clusterMyId();
            slots.forEach(slot -> {
                moveKeys(from, to, slot);
                target.clusterSetSlotNode(slot, targetId);
                source.clusterSetSlotNode(slot, targetId);
            });
        }
    }

    /** Moves the keys of a slot, and leaves the slot open between the two primaries. */
    public void moveKeys(RedisServer from, RedisServer to, int slot) {
        try (Jedis source = from.connect();
                Jedis target = to.connect()) {
            target.clusterSetSlotImporting(slot, source.clusterMyId());
            source.clusterSetSlotMigrating(slot, target.clusterMyId());
            for (String key : source.clusterGetKeysInSlot(slot, 10_000)) {
                source.migrate("127.0.0.1", to.port(), key, 0, 5000);
            }
        }
    }

    @Override
    public void close() {
        all().forEach(RedisServer::close);
    }

    private List<RedisServer> all() {
        List<RedisServer> all = new ArrayList<>(primaries);
        all.addAll(replicas);
        return all;
    }

    private RedisServer node() {
        List<String> all = new ArrayList<>(List.of(
                "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--notify-keyspace-events", "AKE"));
        all.addAll(options);
        return RedisServer.startBinary(binary, all.toArray(String[]::new));
    }

    private void meet(RedisServer newcomer) {
        try (Jedis jedis = newcomer.connect()) {
            jedis.clusterMeet("127.0.0.1", primaries.getFirst().port());
        }
    }

    private void addReplicas() {
        for (RedisServer primary : List.copyOf(primaries)) {
            RedisServer replica = node();
            replicas.add(replica);
            meet(replica);
            try (Jedis ofPrimary = primary.connect();
                    Jedis ofReplica = replica.connect()) {
                String id = ofPrimary.clusterMyId();
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .until(() -> ofReplica.clusterReplicate(id).equals("OK"));
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> ofReplica.info("replication").contains("master_link_status:up"));
            }
        }
        awaitWhole(all().size());
    }

    private void awaitWhole(int nodes) {
        for (RedisServer server : all()) {
            try (Jedis jedis = server.connect()) {
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    String info = jedis.clusterInfo();
                    return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes);
                });
            }
        }
    }
}
