package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.testing.SwitchedNames;
import io.github.redissessionscaler.testing.TcpProxy;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;

/** What can be reached is read, whichever node does not answer. */
final class DeadNodesTest {

    private static final Database DATABASE = new Database("default", OptionalInt.empty());

    /** Long, so that a read which waits for a dead node shows as one that fails, and not as one that is slow. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final byte[] LOADING = "-LOADING\r\n".getBytes(US_ASCII);

    @Test
    void aSentinelThatStillNamesTheFormerPrimaryIsNotBelieved() {
        try (var sentinel = RedisSentinel.start(1)) {
            sentinel.failOver();
            try (Jedis primary = sentinel.second().connect()) {
                primary.set("session:1", "x");
            }
            try (var stale = sentinelThatNames(sentinel.first(), 0)) {
                List<Node> sentinels = new ArrayList<>(sentinel.sentinels());
                sentinels.addFirst(new Node("127.0.0.1", stale.port()));
                try (var keyspaces = open(sentinels(sentinels))) {
                    assertThat(keyspaces.of(DATABASE).size()).isEqualTo(1);
                }
                // now the former primary takes itself for one again, as behind a network that is parted
                try (Jedis former = sentinel.first().connect()) {
                    former.replicaofNoOne();
                    former.flushAll();
                }
                for (int i = 0; i < 5; i++) {
                    try (var keyspaces = open(sentinels(sentinels))) {
                        assertThat(keyspaces.of(DATABASE).size()).isEqualTo(1);
                    }
                }
            }
        }
    }

    @Test
    void sentinelsThatWereSetUpAnewAreBelieved() {
        try (var former = RedisServer.start();
                var next = RedisServer.start();
                Jedis client = next.connect();
                var proxy = TcpProxy.to(former.port());
                var first = sentinelThatNames(former, 7);
                var second = sentinelThatNames(next, 0)) {
            client.set("session:1", "x");
            proxy.leadTo(first.port());
            try (var keyspaces = open(sentinels(List.of(new Node("127.0.0.1", proxy.port()))))) {
                assertThat(keyspaces.of(DATABASE).size()).isZero();

                proxy.leadTo(second.port());
                proxy.cut();

                await().until(() -> keyspaces.of(DATABASE).size() == 1);
            }
        }
    }

    @Test
    void anInvalidRequestKeepsTheLayout() {
        try (var cluster = RedisCluster.startPartial(2);
                var client = cluster.connect();
                var keyspaces = open(new Topology.Cluster(cluster.nodes()))) {
            client.set("a-string", "x");
            Keyspace keyspace = keyspaces.of(DATABASE);
            keyspace.ping();
            long before = cluster.primary(0).calls("cluster|slots");
            long start = System.nanoTime();

            for (int i = 0; i < 100; i++) {
                await().pollDelay(Duration.ZERO)
                        .until(() ->
                                reasonOf(() -> keyspace.cardinality("a-string", KeyType.LIST)) == Reason.WRONGTYPE);
            }

            long looksByTheClock =
                    1 + (System.nanoTime() - start) / Duration.ofSeconds(2).toNanos();
            assertThat(cluster.primary(0).calls("cluster|slots") - before).isLessThanOrEqualTo(looksByTheClock);
        }
    }

    @Test
    void anAddressThatBelongsToAnotherClusterNowIsNotFollowed() {
        Map<String, byte[]> slots = new ConcurrentHashMap<>();
        var clusterCalls = new AtomicInteger();
        try (var seed = ScriptedRedis.answering(command -> nodeReply(command, slots.getOrDefault("seed", LOADING)));
                var first = ScriptedRedis.answering(command -> nodeReply(command, LOADING));
                var second = ScriptedRedis.answering(command -> {
                    clusterCalls.addAndGet(command.getFirst().equals("CLUSTER") ? 1 : 0);
                    return nodeReply(command, slots.getOrDefault("second", LOADING));
                });
                var keyspaces = open(new Topology.Cluster(List.of(new Node("127.0.0.1", seed.port()))))) {
            slots.put("seed", slots(List.of(first.port(), second.port()), List.of("a".repeat(40), "b".repeat(40))));
            slots.put("second", slots(List.of(1, 2), List.of("c".repeat(40), "d".repeat(40))));
            Keyspace keyspace = keyspaces.of(DATABASE);
            assertThat(keyspace.size()).isEqualTo(2);

            slots.remove("seed");
            await().until(() -> keyspace.size() == 2 && clusterCalls.get() >= 2);

            assertThat(keyspace.size()).isEqualTo(2);
        }
    }

    /** The seeds are asked at the same time as those that no longer answer, so how many there are of them does not matter. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 30})
    void manyPrimariesThatAreGoneDelayTheNewOnesOnce(int gone) throws IOException {
        Duration timeout = Duration.ofMillis(500);
        Map<String, byte[]> slots = new ConcurrentHashMap<>();
        List<ServerSocket> unanswering = new ArrayList<>();
        try (var seed = ScriptedRedis.answering(command -> nodeReply(command, slots.getOrDefault("seed", LOADING)));
                var keyspaces = open(new Topology.Cluster(List.of(new Node("127.0.0.1", seed.port()))), timeout)) {
            List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < gone; i++) {
                unanswering.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
                ports.add(unanswering.getLast().getLocalPort());
            }
            slots.put("seed", slotsOf(ports, "a"));
            Keyspace keyspace = keyspaces.of(DATABASE);
            assertThat(reasonOf(keyspace::size)).isEqualTo(Reason.TIMEOUT);

            slots.put("seed", slotsOf(List.of(seed.port()), "a"));
            var failed = new AtomicInteger();
            await().pollDelay(Duration.ZERO).until(() -> {
                try {
                    return keyspace.size() == 1;
                } catch (KeyspaceException e) {
                    failed.incrementAndGet();
                    return false;
                }
            });

            assertThat(failed).hasValueLessThanOrEqualTo(2);
            for (int i = 0; i < 10; i++) {
                assertThat(keyspace.size()).isEqualTo(1);
            }
        } finally {
            for (ServerSocket one : unanswering) {
                one.close();
            }
        }
    }

    /** A reply of CLUSTER SLOTS in which primaries on loopback share the slots. */
    private static byte[] slotsOf(List<Integer> ports, String id) {
        var reply = new StringBuilder("*" + ports.size() + "\r\n");
        for (int i = 0; i < ports.size(); i++) {
            int last = i == ports.size() - 1 ? 16383 : 100 * i + 99;
            reply.append("*3\r\n:%d\r\n:%d\r\n*3\r\n$9\r\n127.0.0.1\r\n:%d\r\n$40\r\n%s\r\n"
                    .formatted(100 * i, last, ports.get(i), id.repeat(40)));
        }
        return reply.toString().getBytes(US_ASCII);
    }

    private static byte[] nodeReply(List<String> command, byte[] slots) {
        return switch (command.getFirst()) {
            case "CLUSTER" -> slots;
            case "DBSIZE" -> ":1\r\n".getBytes(US_ASCII);
            default -> "+OK\r\n".getBytes(US_ASCII);
        };
    }

    @Test
    void ofSeveralAddressesOneMayBeDead() throws Exception {
        try (var redis = RedisServer.start();
                Jedis client = redis.connect()) {
            client.set("session:1", "x");
            int port = Ports.free();
            // the first does not answer and the other does, then the reverse, and then the first alone
            try (var first = TcpProxy.at(new InetSocketAddress("127.0.0.2", port), redis.port());
                    var warm = open(new Topology.Standalone(new Node(SwitchedNames.TWO_ADDRESSES, port)))) {
                try (var second = TcpProxy.at(new InetSocketAddress("127.0.0.3", port), redis.port())) {
                    assertThat(warm.of(DATABASE).size()).isEqualTo(1);
                    for (TcpProxy dead : List.of(first, second)) {
                        dead.blackHole();
                        assertThat(warm.of(DATABASE).size()).isEqualTo(1);
                        try (var cold = open(new Topology.Standalone(new Node(SwitchedNames.TWO_ADDRESSES, port)))) {
                            for (int i = 0; i < 5; i++) {
                                assertThat(cold.of(DATABASE).size()).isEqualTo(1);
                            }
                        }
                        dead.heal();
                    }
                }
                for (int i = 0; i < 5; i++) {
                    assertThat(warm.of(DATABASE).size()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void ofTheAddressesOfASentinelsNameOneMayBeDead() {
        try (var sentinel = RedisSentinel.start()) {
            int port = Ports.free();
            int sentinelPort = sentinel.sentinels().getFirst().port();
            try (var first = TcpProxy.at(new InetSocketAddress("127.0.0.2", port), sentinelPort);
                    var second = TcpProxy.at(new InetSocketAddress("127.0.0.3", port), sentinelPort)) {
                for (TcpProxy dead : List.of(first, second)) {
                    dead.blackHole();
                    try (var cold = open(sentinels(List.of(new Node(SwitchedNames.TWO_ADDRESSES, port))))) {
                        assertThat(cold.of(DATABASE).size()).isZero();
                    }
                    dead.heal();
                }
            }
        }
    }

    /** One connection for each read that fails: the pool makes none in place of the broken one. */
    @Test
    void aReadThatIsNotAnsweredTakesOneTimeoutAndNoNewConnection() throws IOException {
        var connections = new AtomicInteger();
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var keyspaces = open(new Topology.Standalone(new Node("127.0.0.1", listening.getLocalPort())))) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        listening.accept();
                        connections.incrementAndGet();
                    }
                } catch (IOException e) {
                    // closed
                }
            });
            for (int i = 1; i <= 3; i++) {
                KeyspaceException failure = catchThrowableOfType(
                        KeyspaceException.class, () -> keyspaces.of(DATABASE).size());
                assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
            }
            await().until(() -> connections.get() >= 3);
            assertThat(connections).hasValue(3);
        }
    }

    @Test
    void aPortThatDoesNotExistIsAReplyThatIsNotBelieved() {
        try (var redis = ScriptedRedis.answering(Map.of(
                        "CLUSTER", slots(List.of(70_000, 70_001), List.of("a".repeat(40), "b".repeat(40)))));
                var keyspaces = open(new Topology.Cluster(List.of(new Node("127.0.0.1", redis.port()))))) {
            KeyspaceException failure = catchThrowableOfType(
                    KeyspaceException.class, () -> keyspaces.of(DATABASE).size());

            assertThat(failure.reason()).isEqualTo(Reason.OTHER);
            assertThat(failure.getMessage()).contains("a malformed reply");
        }
    }

    @Test
    void aMoveToAPortThatDoesNotExistIsAReplyThatIsNotBelieved() {
        try (var redis = ScriptedRedis.answering(Map.of("GET", "-MOVED 866 127.0.0.1:70000\r\n".getBytes(US_ASCII)));
                var keyspaces = open(new Topology.Standalone(new Node("127.0.0.1", redis.port())))) {
            KeyspaceException failure = catchThrowableOfType(
                    KeyspaceException.class, () -> keyspaces.of(DATABASE).get("key"));

            assertThat(failure.reason()).isEqualTo(Reason.OTHER);
        }
    }

    @Test
    void theConnectionsOfADatabaseThatNobodyAsksForAreClosed() {
        try (var redis = RedisServer.start();
                Jedis admin = redis.connect();
                var keyspaces = open(new Topology.Standalone(new Node("127.0.0.1", redis.port())))) {
            for (int index = 0; index < 5; index++) {
                keyspaces.of(new Database("default", OptionalInt.of(index))).ping();
            }
            assertThat(clients(admin)).isEqualTo(6);

            keyspaces.closeUnusedFor(Duration.ofMinutes(10));
            assertThat(clients(admin)).isEqualTo(6);

            Keyspace kept = keyspaces.of(new Database("default", OptionalInt.of(3)));
            keyspaces.closeUnusedFor(Duration.ZERO);
            await().until(() -> clients(admin) == 1);

            keyspaces.of(new Database("default", OptionalInt.of(3)));
            kept.ping();
            assertThat(clients(admin)).isEqualTo(2);
        }
    }

    private static Reason reasonOf(ThrowingCallable read) {
        return catchThrowableOfType(KeyspaceException.class, read).reason();
    }

    private static long clients(Jedis admin) {
        return admin.clientList(ClientType.NORMAL).lines().count();
    }

    /** A sentinel that no other talks to. */
    private static ScriptedRedis sentinelThatNames(RedisServer primary, int epoch) {
        return ScriptedRedis.answering(command -> switch (command.get(1)) {
            case "MASTER" ->
                ("*2\r\n$12\r\nconfig-epoch\r\n$" + String.valueOf(epoch).length() + "\r\n" + epoch + "\r\n")
                        .getBytes(US_ASCII);
            default -> {
                String port = String.valueOf(primary.port());
                yield ("*2\r\n$9\r\n127.0.0.1\r\n$" + port.length() + "\r\n" + port + "\r\n").getBytes(US_ASCII);
            }
        });
    }

    private static Topology sentinels(List<Node> nodes) {
        return new Topology.Sentinel(RedisSentinel.MASTER, nodes, Optional.empty());
    }

    /** A reply of CLUSTER SLOTS in which two primaries on loopback share the slots. */
    private static byte[] slots(List<Integer> ports, List<String> ids) {
        var reply = new StringBuilder("*2\r\n");
        for (int i = 0; i < 2; i++) {
            reply.append("*3\r\n:%d\r\n:%d\r\n*3\r\n$9\r\n127.0.0.1\r\n:%d\r\n$40\r\n%s\r\n"
                    .formatted(i * 8192, i * 8192 + 8191, ports.get(i), ids.get(i)));
        }
        return reply.toString().getBytes(US_ASCII);
    }

    private static RedisKeyspaces open(Topology topology) {
        return open(topology, TIMEOUT);
    }

    private static RedisKeyspaces open(Topology topology, Duration timeout) {
        var connection = new ConnectionConfig("default", topology, 0, Optional.empty(), Optional.empty(), Set.of());
        return new RedisKeyspaces(
                () -> Map.of("default", connection), timeout, new Telemetry(InstantSource.system(), timeout));
    }
}
