package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** Replicas, whose numbers may be old: which are read, and what is right then. */
final class ReplicaTest {

    private static final int SESSIONS = 300;

    /** A primary waits five seconds for more replicas otherwise. */
    private static final String SYNC_AT_ONCE = "--repl-diskless-sync-delay 0";

    private static final Map<String, String> ALL_KEYS = Map.of();
    private static final Map<String, String> EXACT = Map.of("keyPattern", "session:*", "accuracy", "exact");
    private static final Map<String, String> ESTIMATE = Map.of("keyPattern", "session:*", "accuracy", "estimate");

    @Test
    void withSentinelNoReplicaIsReadAlsoAfterAFailover() {
        try (var sentinel = RedisSentinel.start();
                var scaler = RunningScaler.with(Map.of("REDIS_URL", sentinel.url(), "COUNT_REFRESH", "50ms"))) {
            fill(sentinel.first(), "session:", SESSIONS);
            await().until(() -> holds(sentinel.second(), "session:" + (SESSIONS - 1)));
            makeWrong(sentinel.second());
            Reads before = Reads.of(sentinel.second());

            assertThat(metric(scaler, ALL_KEYS)).isEqualTo(SESSIONS);
            assertThat(metric(scaler, EXACT)).isEqualTo(SESSIONS);
            assertThat(Reads.of(sentinel.second())).isEqualTo(before);

            sentinel.failOver();
            Reads former = Reads.of(sentinel.first());
            // what the new primary held already is the truth now
            await().ignoreExceptions().until(() -> metric(scaler, ALL_KEYS) == SESSIONS + 1);
            await().ignoreExceptions().until(() -> metric(scaler, EXACT) == SESSIONS + 1);
            assertThat(Reads.of(sentinel.first())).isEqualTo(former);
        }
    }

    @Test
    void onAClusterNoReplicaIsRead() {
        try (var cluster = RedisCluster.start(3, true);
                var writer = cluster.connect()) {
            for (int i = 0; i < SESSIONS; i++) {
                writer.set("session:" + i, "x", SetParams.setParams().ex(1_800));
            }
            cluster.awaitReplicas();
            List<Reads> before = cluster.replicas().map(Reads::of).toList();

            String address = "redis-cluster://127.0.0.1:" + cluster.primary(0).port();
            try (var scaler = RunningScaler.with(Map.of("REDIS_URL", address))) {
                assertThat(metric(scaler, ALL_KEYS)).isEqualTo(SESSIONS);
                assertThat(metric(scaler, EXACT)).isEqualTo(SESSIONS);
            }

            assertThat(cluster.replicas().map(Reads::of)).isEqualTo(before);
        }
    }

    @Test
    void theAddressOfAReplicaIsReadAsItIs() {
        int live = 10_000;
        int expired = 5_000;
        try (var primary = RedisServer.startWithDebug(SYNC_AT_ONCE);
                var replica = RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(primary.port()));
                var scaler = RunningScaler.onPort(replica.port());
                Jedis writer = primary.connect()) {
            writer.sendCommand(() -> "DEBUG".getBytes(US_ASCII), "SET-ACTIVE-EXPIRE", "0");
            fill(primary, "session:", live);
            fill(primary, "session:expired:", expired);
            writer.rpush("queue", "a", "b", "c");
            writer.rpush("expired", "a");
            try (Pipeline pipeline = writer.pipelined()) {
                for (int i = 0; i < expired; i++) {
                    pipeline.pexpire("session:expired:" + i, 100);
                }
                pipeline.pexpire("expired", 100);
                pipeline.set("last", "x");
            }
            await().until(() -> holds(replica, "last") && !holds(replica, "expired"));
            int keys = live + expired + 3;

            await().until(() -> metric(scaler, EXACT) == live);
            assertThat(metric(scaler, Map.of("key", "queue"))).isEqualTo(3);
            assertThat(metric(scaler, Map.of("key", "expired"))).isZero();
            // with what the primary has not removed yet
            assertThat(metric(scaler, ALL_KEYS)).isEqualTo(keys);
            assertThat(metric(scaler, ESTIMATE)).isBetween(live + 0.9 * expired, live + 1.1 * expired);
        }
    }

    @Test
    void aReplicaThatIsCutOffAndServesNoStaleDataIsAnOutage() {
        try (var primary = RedisServer.start(SYNC_AT_ONCE);
                var replica = RedisServer.start(
                        "--replicaof",
                        "127.0.0.1",
                        String.valueOf(primary.port()),
                        "--replica-serve-stale-data",
                        "no");
                var scaler = RunningScaler.onPort(replica.port())) {
            fill(primary, "session:", SESSIONS);
            await().ignoreExceptions().until(() -> metric(scaler, ALL_KEYS) == SESSIONS);

            primary.kill();

            await().untilAsserted(() ->
                    assertThatThrownBy(() -> metric(scaler, ALL_KEYS)).hasMessageContaining("MASTERDOWN"));
        }
    }

    /** How often a server got the commands that counts consist of. */
    private record Reads(List<Long> calls) {
        static Reads of(RedisServer server) {
            return new Reads(
                    Stream.of("dbsize", "scan", "randomkey").map(server::calls).toList());
        }
    }

    private static boolean holds(RedisServer server, String key) {
        try (Jedis jedis = server.connect()) {
            return jedis.exists(key);
        }
    }

    /** Gives a replica a session that its primary does not have. */
    private static void makeWrong(RedisServer replica) {
        try (Jedis jedis = replica.connect()) {
            jedis.configSet("replica-read-only", "no");
            jedis.set("session:of-nobody", "x", SetParams.setParams().ex(1_800));
        }
    }

    private static void fill(RedisServer server, String prefix, int keys) {
        try (Jedis jedis = server.connect();
                Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < keys; i++) {
                pipeline.set(prefix + i, "x", SetParams.setParams().ex(1_800));
            }
        }
    }

    private static double metric(RunningScaler scaler, Map<String, String> trigger) {
        Map<String, String> orFail = new HashMap<>(trigger);
        orFail.put("onUnavailable", "error");
        return scaler.metric(orFail);
    }
}
