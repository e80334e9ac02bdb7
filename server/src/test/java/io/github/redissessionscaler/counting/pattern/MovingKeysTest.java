package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.DATABASE;
import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.testing.ForwardingShard;
import io.github.redissessionscaler.testing.RedisCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Exact counts on a cluster whose keys move from one primary to another while they are counted. */
final class MovingKeysTest {

    private static final int SESSIONS = 600;

    private static RedisCluster cluster;
    private static RedisKeyspaces keyspaces;
    private static RedisClusterClient writer;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, false);
        writer = cluster.connect();
        keyspaces = new RedisKeyspaces(
                () -> Map.of(
                        ConnectionConfig.DEFAULT,
                        new ConnectionConfig(
                                ConnectionConfig.DEFAULT,
                                new Topology.Cluster(cluster.nodes()),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                Set.of())),
                Duration.ofSeconds(5),
                new Telemetry(InstantSource.system(), Duration.ofSeconds(2)));
    }

    @AfterAll
    static void stop() {
        keyspaces.close();
        writer.close();
        cluster.close();
    }

    @BeforeEach
    void fill() {
        writer.flushAll();
        IntStream.range(0, SESSIONS).forEach(i -> writer.set("session:" + i, "x"));
    }

    @Test
    void aScanDuringWhichSlotsMovedCountsForNothing() throws Exception {
        assertThat(sessionsWhile(
                        () -> cluster.moveSlots(cluster.primary(0), cluster.primary(1), IntStream.range(0, 500))))
                .isEmpty();

        await().until(() -> keyspace().placement().isPresent());
        assertThat(sessionsWhile(() -> {})).contains((long) SESSIONS);
    }

    @Test
    void soDoesAScanDuringWhichASlotWasOnItsWay() throws Exception {
        int slot = IntStream.range(0, SESSIONS)
                .map(i -> JedisClusterCRC16.getSlot("session:" + i))
                .filter(one -> one >= 1_000 && one < 5_000)
                .findFirst()
                .orElseThrow();

        assertThat(sessionsWhile(() -> cluster.moveKeys(cluster.primary(0), cluster.primary(1), slot)))
                .isEmpty();

        assertThat(sessionsWhile(() -> {})).as("half-way, at rest").contains((long) SESSIONS);
        cluster.moveSlots(cluster.primary(0), cluster.primary(1), IntStream.of(slot));
    }

    /** What a scan counts while something happens after its first page, once on one of the primaries. */
    private static Optional<Long> sessionsWhile(Runnable disturbance) throws InterruptedException {
        var options =
                new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 1, 10, 10);
        var disturbed = new AtomicBoolean();
        var keyspace = new ForwardingKeyspace(keyspace()) {
            @Override
            public List<Shard> shards() {
                return super.shards().stream()
                        .<Shard>map(shard -> new ForwardingShard(shard) {
                            @Override
                            public List<ScanPage> scan(List<String> cursors, int count) {
                                List<ScanPage> pages = super.scan(cursors, count);
                                if (disturbed.compareAndSet(false, true)) {
                                    disturbance.run();
                                }
                                return pages;
                            }
                        })
                        .toList();
            }
        };
        return new FullScan(
                        keyspace,
                        List.of(KeyFilter.of(exact("session:*"))),
                        options,
                        () -> 1,
                        false,
                        () -> true,
                        Instant.EPOCH,
                        (_, _) -> {})
                .run()
                .map(result -> result.sums().getFirst().sum());
    }

    private static Keyspace keyspace() {
        return keyspaces.of(DATABASE);
    }
}
