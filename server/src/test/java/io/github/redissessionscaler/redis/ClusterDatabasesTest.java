package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import redis.clients.jedis.Jedis;

/** Databases other than 0 on a cluster: the server decides. */
final class ClusterDatabasesTest {

    private static final Map<String, String> PATTERN =
            Map.of("keyPattern", "session:*", "databaseIndex", "2", "onUnavailable", "error");

    @Test
    void aClusterWithOneDatabaseSaysSoItself() {
        try (var cluster = RedisCluster.start(2, false);
                var scaler = RunningScaler.with(Map.of("REDIS_URL", url(cluster)))) {
            assertThat(scaler.metric(Map.of("databaseIndex", "0"))).isZero();
            assertThatThrownBy(() -> scaler.metric(PATTERN))
                    .hasMessageContaining("database index 2 does not exist on 127.0.0.1:")
                    .hasMessageContaining("which has database 0 only: remove databaseIndex");
        }
    }

    @TestFactory
    Stream<DynamicTest> aClusterWithSeveralDatabasesIsCountedInEach() {
        return RedisBinaries.withClusterDatabases().stream()
                .map(binary -> DynamicTest.dynamicTest(binary, () -> countsInEachDatabase(binary)));
    }

    private static void countsInEachDatabase(String binary) {
        try (var cluster = RedisCluster.startBinary(binary, 2, List.of("--cluster-databases", "4"));
                var scaler = RunningScaler.with(Map.of("REDIS_URL", url(cluster)))) {
            List<RedisServer> primaries =
                    IntStream.range(0, 2).mapToObj(cluster::primary).toList();
            List<String> ownKeys = cluster.keyOfEachPrimary(2);
            for (int i = 0; i < 2; i++) {
                try (Jedis primary = primaries.get(i).connect()) {
                    primary.set(ownKeys.get(i), "x");
                    primary.select(2);
                    String slot = "{" + ownKeys.get(i) + "}";
                    IntStream.range(0, 10).forEach(n -> primary.set("session:" + slot + n, "x"));
                    primary.sadd(slot + "online", "a", "b", "c");
                }
            }

            assertThat(scaler.metric(PATTERN)).isEqualTo(20);
            assertThat(scaler.metric(Map.of("databaseIndex", "2"))).isEqualTo(22);
            assertThat(scaler.metric(Map.of("databaseIndex", "0"))).isEqualTo(2);
            assertThat(scaler.metric(Map.of("databaseIndex", "2", "key", "{" + ownKeys.getLast() + "}online")))
                    .isEqualTo(3);
            assertThatThrownBy(() -> scaler.metric(Map.of("databaseIndex", "4", "onUnavailable", "error")))
                    .hasMessageContaining("database index 4 does not exist on")
                    .hasMessageContaining("which has 4: set databaseIndex between 0 and 3");
        }
    }

    private static String url(RedisCluster cluster) {
        return "redis-cluster://" + cluster.nodes().stream().map(Node::toString).collect(Collectors.joining(","));
    }
}
