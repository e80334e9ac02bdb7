package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.DATABASE;
import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.counting.pattern.Estimates.Estimate;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Estimates of a cluster of one primary, with most keys in one slot: newer servers keep their keys by slot. */
final class ClusterSamplesTest {

    private static final int SESSIONS = 10_000;
    private static final int JOBS = 90_000;

    /** An honest estimate is off by more once in a million trials. */
    private static final double STANDARD_ERRORS = 5;

    static Stream<String> binaries() {
        return RedisBinaries.all().stream();
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void aSlotWithManyKeysDoesNotDisturbEstimates(String binary) throws InterruptedException {
        try (var cluster = RedisCluster.startBinary(binary, 1, false)) {
            try (Jedis jedis = cluster.primary(0).connect();
                    Pipeline pipeline = jedis.pipelined()) {
                for (int i = 0; i < SESSIONS; i++) {
                    pipeline.set("session:" + i, "");
                }
                for (int i = 0; i < JOBS; i++) {
                    pipeline.set("bull:{q}:" + i, "");
                }
            }

            assertRight(new Topology.Cluster(cluster.nodes()));
            assertRight(new Topology.Standalone(cluster.nodes().getFirst()));
        }
    }

    private static void assertRight(Topology topology) throws InterruptedException {
        var connection = new ConnectionConfig(
                ConnectionConfig.DEFAULT, topology, 0, Optional.empty(), Optional.empty(), Set.of());
        try (var telemetry = new Telemetry(InstantSource.system(), Duration.ofSeconds(2));
                var keyspaces = new RedisKeyspaces(
                        () -> Map.of(ConnectionConfig.DEFAULT, connection), Duration.ofSeconds(5), telemetry)) {
            Estimate estimate = new Estimates(keyspaces.of(DATABASE), InstantSource.system(), System::nanoTime, 1, 1)
                    .round(List.of(KeyFilter.of(exact("session:*"))))
                    .estimates()
                    .getFirst();

            assertThat(Math.abs(estimate.value() - SESSIONS) / estimate.standardError())
                    .as("error of %s in standard errors", estimate)
                    .isLessThan(STANDARD_ERRORS);
        }
    }
}
