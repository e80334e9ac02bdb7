package io.github.redissessionscaler.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.SwitchedNames;
import io.github.redissessionscaler.testing.TcpProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * One of several nodes is stopped or killed, each in turn. What can be read without it must be right at all times, for a scaler
 * that knew the node and for one that starts without it. What is seen is written to {@code target/chaos-dead-nodes.md}.
 */
final class DeadNodeChaosTest {

    private static final int POLLS = 10;

    /** That of production. Whoever waits for a dead node reports an outage; whoever does not is far from it. */
    private static final String ANSWER_TIMEOUT = "2s";

    /** Of six nodes, one after the other would take longer to time out; a busy machine does not. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final List<String> ROWS = new ArrayList<>();

    /** How a node is stopped, and started again. */
    private enum Fault {
        STOPPED("stopped (SIGSTOP)") {
            @Override
            void take(RedisServer server) {
                server.pause();
            }

            @Override
            void giveBack(RedisServer server) {
                server.resume();
            }
        },
        KILLED("killed") {
            @Override
            void take(RedisServer server) {
                server.kill();
            }

            @Override
            void giveBack(RedisServer server) {
                server.restart();
            }
        };

        private final String inWords;

        Fault(String inWords) {
            this.inWords = inWords;
        }

        abstract void take(RedisServer server);

        abstract void giveBack(RedisServer server);
    }

    /** What polls of several scalers gave. */
    private static final class Polls {
        int calls;
        int wrong;
        long longestNanos;

        /** Polls every trigger of every scaler some times, each {@code GetMetrics} and then {@code IsActive}. */
        void of(List<RunningScaler> scalers, Map<Map<String, String>, Double> expected) {
            for (int i = 0; i < POLLS; i++) {
                for (RunningScaler scaler : scalers) {
                    expected.forEach((metadata, value) -> {
                        count(() -> scaler.metric(metadata) == value);
                        count(() -> scaler.isActive(metadata));
                    });
                }
            }
        }

        private void count(BooleanSupplier call) {
            long start = System.nanoTime();
            boolean right = call.getAsBoolean();
            longestNanos = Math.max(longestNanos, System.nanoTime() - start);
            calls++;
            wrong += right ? 0 : 1;
        }

        void row(String fault, Duration recovery) {
            ROWS.add("| %s | %d | %d | %d | %d |"
                    .formatted(
                            fault, calls, wrong, Duration.ofNanos(longestNanos).toMillis(), recovery.toMillis()));
            assertThat(wrong).as(fault).isZero();
        }
    }

    @AfterAll
    static void writeTable() throws IOException {
        List<String> table = new ArrayList<>(List.of(
                "| fault | calls | wrong numbers | longest (ms) | right again after (ms) |", "|---|---|---|---|---|"));
        table.addAll(ROWS);
        Files.write(Path.of("target", "chaos-dead-nodes.md"), table);
        System.out.println(String.join(System.lineSeparator(), table));
    }

    @Test
    void eachSentinelInTurnThenTheMachineOfThePrimary() {
        Map<Map<String, String>, Double> expected = Map.of(Map.of(), 1.0, Map.of("key", "queue"), 2.0);
        try (var sentinel = RedisSentinel.start(3);
                var knowing = scalerOf(sentinel.url())) {
            try (Jedis primary = sentinel.first().connect()) {
                primary.rpush("queue", "x", "x");
            }
            awaitRight(knowing, expected);
            for (int i = 0; i < 3; i++) {
                for (Fault fault : Fault.values()) {
                    fault.take(sentinel.sentinel(i));
                    try (var starting = scalerOf(sentinel.url())) {
                        var polls = new Polls();
                        polls.of(List.of(knowing, starting), expected);
                        polls.row("sentinel %d of 3 %s".formatted(i + 1, fault.inWords), Duration.ZERO);
                    }
                    fault.giveBack(sentinel.sentinel(i));
                }
            }

            sentinel.first().pause();
            sentinel.sentinel(0).pause();
            sentinel.awaitFailOver();
            Duration recovery = awaitRight(knowing, expected);
            try (var starting = scalerOf(sentinel.url())) {
                var polls = new Polls();
                polls.of(List.of(knowing, starting), expected);
                polls.row("machine of the primary and a sentinel lost, after the failover", recovery);
            }
        }
    }

    @Test
    void eachNodeOfAClusterInTurn() {
        try (var cluster = RedisCluster.startPartial(3);
                var client = cluster.connect();
                var knowing = scalerOf(url(cluster))) {
            List<String> keys = cluster.keyOfEachPrimary(3);
            keys.forEach(key -> client.rpush(key, "x", "x"));
            Map<Map<String, String>, Double> all = new HashMap<>(Map.of(Map.of(), 3.0));
            keys.forEach(key -> all.put(Map.of("key", key), 2.0));
            awaitRight(knowing, all);
            for (int i = 0; i < 3; i++) {
                Map<Map<String, String>, Double> reachable = new HashMap<>(all);
                reachable.remove(Map.of());
                reachable.remove(Map.of("key", keys.get(i)));
                RedisServer node = cluster.primary(i);
                for (Fault fault : Fault.values()) {
                    try (Jedis jedis = node.connect()) {
                        jedis.save();
                    }
                    fault.take(node);
                    try (var starting = scalerOf(url(cluster))) {
                        var polls = new Polls();
                        polls.of(List.of(knowing, starting), reachable);
                        assertThatThrownBy(() -> knowing.metric(Map.of("onUnavailable", "error")))
                                .as("a sum over some of the primaries")
                                .hasMessageContaining("UNAVAILABLE");
                        cluster.awaitSlotsFailed((i + 1) % 3);
                        polls.of(List.of(knowing, starting), reachable);
                        fault.giveBack(node);
                        Duration recovery = awaitRight(knowing, all);
                        polls.row("cluster node %d of 3 %s".formatted(i + 1, fault.inWords), recovery);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void allNodesOfAClusterAtNewAddresses(int primaries) {
        try (var former = RedisCluster.startPartial(primaries);
                var next = RedisCluster.startPartial(primaries);
                var client = next.connect();
                var seed = TcpProxy.to(former.primary(0).port());
                var knowing = scalerOf("redis-cluster://127.0.0.1:" + seed.port())) {
            client.rpush("queue", "x", "x");
            awaitRight(knowing, Map.of(Map.of(), 0.0));
            for (int i = 0; i < primaries; i++) {
                former.primary(i).pause();
            }
            seed.leadTo(next.primary(primaries - 1).port());
            seed.cut();

            Map<Map<String, String>, Double> expected = Map.of(Map.of(), 1.0, Map.of("key", "queue"), 2.0);
            Duration recovery = awaitRight(knowing, expected);
            assertThat(recovery)
                    .as("the seeds are asked together with the nodes that are gone")
                    .isLessThan(SOON);
            var polls = new Polls();
            polls.of(List.of(knowing), expected);
            polls.row("all %d nodes of a cluster at new addresses, once found".formatted(primaries), recovery);
        }
    }

    @Test
    void eachAddressOfANameInTurn() {
        Map<Map<String, String>, Double> expected = Map.of(Map.of(), 1.0, Map.of("key", "queue"), 2.0);
        int port = Ports.free();
        String url = "redis://" + SwitchedNames.TWO_ADDRESSES + ":" + port;
        try (var redis = RedisServer.start();
                Jedis client = redis.connect();
                var first = TcpProxy.at(new InetSocketAddress("127.0.0.2", port), redis.port());
                var second = TcpProxy.at(new InetSocketAddress("127.0.0.3", port), redis.port());
                var knowing = scalerOf(url)) {
            client.rpush("queue", "x", "x");
            awaitRight(knowing, expected);
            List<TcpProxy> addresses = List.of(first, second);
            for (int i = 0; i < 2; i++) {
                addresses.get(i).blackHole();
                try (var starting = scalerOf(url)) {
                    var polls = new Polls();
                    polls.of(List.of(knowing, starting), expected);
                    polls.row("address %d of 2 of a name, black hole".formatted(i + 1), Duration.ZERO);
                }
                addresses.get(i).heal();
            }
        }
    }

    private static Duration awaitRight(RunningScaler scaler, Map<Map<String, String>, Double> expected) {
        long start = System.nanoTime();
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> expected.entrySet().stream()
                        .allMatch(entry ->
                                scaler.metric(entry.getKey()) == entry.getValue() && scaler.isActive(entry.getKey())));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static String url(RedisCluster cluster) {
        return "redis-cluster://"
                + String.join(
                        ",", cluster.nodes().stream().map(Object::toString).toList());
    }

    private static RunningScaler scalerOf(String url) {
        return RunningScaler.with(Map.of("REDIS_URL", url, "ANSWER_TIMEOUT", ANSWER_TIMEOUT));
    }
}
