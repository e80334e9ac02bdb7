package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.ClusterProxy;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.SetParams;

/** A proxy that hides a cluster, configured as the one server that it looks like: its answers are the counts. */
final class ProxyTest {

    private static final int PRIMARIES = 3;

    private static final int SESSIONS = 1_000;

    private static final int JOBS = 3;
    private static final int KEYS = 2 * SESSIONS + 1;

    private static RedisCluster cluster;
    private static ClusterProxy proxy;
    private static RunningScaler scaler;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(PRIMARIES, false);
        try (var writer = cluster.connect();
                var pipeline = writer.pipelined()) {
            for (int i = 0; i < SESSIONS; i++) {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(1_800));
                pipeline.set("cache:" + i, "x");
            }
            pipeline.rpush("jobs", "a", "b", "c");
        }
        proxy = ClusterProxy.to(cluster, PRIMARIES);
        scaler = RunningScaler.with(Map.of("REDIS_ADDRESS", "127.0.0.1:" + proxy.port(), "COUNT_SHARE", "100%"));
    }

    @AfterAll
    static void stop() {
        scaler.close();
        proxy.close();
        cluster.close();
    }

    @Test
    void whatTheProxyHasSummedIsNotSummedAgain() {
        assertThat(metric(Map.of())).isEqualTo(KEYS);
        assertThat(metric(Map.of("preset", "dedicated-database"))).isEqualTo(KEYS);
        assertThat(metric(Map.of("key", "jobs"))).isEqualTo(JOBS);
    }

    @Test
    void aScanGoesOverAllShards() {
        assertThat(metric(Map.of("keyPattern", "session:*", "accuracy", "exact")))
                .isEqualTo(SESSIONS);
        assertThat(metric(Map.of("keyPattern", "session:*", "accuracy", "exact", "minTtl", "1m")))
                .isEqualTo(SESSIONS);
        assertThat(metric(Map.of("keyPattern", "cache:*", "accuracy", "exact", "keyType", "string")))
                .isEqualTo(SESSIONS);
    }

    @Test
    void theProxyIsOneServerAndNobodyAsksForItsCluster() {
        assertThat(metric(Map.of())).isEqualTo(KEYS);

        assertThat(proxy.commands())
                .contains("DBSIZE")
                .doesNotContain("HELLO", "CLUSTER", "ROLE", "READONLY", "ASKING");
    }

    private static double metric(Map<String, String> trigger) {
        Map<String, String> orFail = new HashMap<>(trigger);
        orFail.put("onUnavailable", "error");
        return scaler.metric(orFail);
    }
}
