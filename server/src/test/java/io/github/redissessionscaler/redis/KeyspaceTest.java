package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.TestCertificates;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;

/** What every keyspace does, on every topology and every redis-server there is. */
final class KeyspaceTest {

    /** A Redis to read, and a client of the test's own to write with. */
    record Backend(String name, RedisKeyspaces keyspaces, UnifiedJedis writer) {

        Keyspace keyspace() {
            return keyspaces.of(new Database("default", OptionalInt.empty()));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    private static Path directory;

    private static final List<AutoCloseable> TO_CLOSE = new ArrayList<>();
    private static final Map<String, Backend> BACKENDS = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        for (String binary : RedisBinaries.all()) {
            RedisServer server = closing(RedisServer.startBinary(binary));
            add(binary, new Topology.Standalone(node(server)), Optional.empty(), writer(server));
            RedisCluster cluster = closing(RedisCluster.startBinary(binary, 3, false));
            add("Cluster of " + binary, new Topology.Cluster(cluster.nodes()), Optional.empty(), cluster.connect());
        }
        Path socket = directory.resolve("redis.sock");
        RedisServer local = closing(RedisServer.start("--unixsocket", socket.toString()));
        add("Unix socket", new Topology.UnixSocket(socket), Optional.empty(), writer(local));

        TestCertificates certificates =
                TestCertificates.in(directory).issue("server").issue("client");
        int tlsPort = Ports.free();
        RedisServer secured = closing(RedisServer.start(
                "--tls-port",
                String.valueOf(tlsPort),
                "--tls-cert-file",
                certificates.certificate("server").toString(),
                "--tls-key-file",
                certificates.key("server").toString(),
                "--tls-ca-cert-file",
                certificates.authority().toString()));
        add(
                "mutual TLS",
                new Topology.Standalone(new Node("127.0.0.1", tlsPort)),
                Optional.of(new RedisTls(
                        Optional.of(certificates.authority()),
                        Optional.of(certificates.certificate("client")),
                        Optional.of(certificates.key("client")),
                        true)),
                writer(secured));

        RedisSentinel sentinel = closing(RedisSentinel.start());
        add(
                "Sentinel",
                new Topology.Sentinel(RedisSentinel.MASTER, sentinel.sentinels(), Optional.empty()),
                Optional.empty(),
                writer(sentinel.first()));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : TO_CLOSE.reversed()) {
            one.close();
        }
    }

    static Stream<Backend> backends() {
        return BACKENDS.values().stream().peek(backend -> backend.writer.flushAll());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void pingsAndCountsAndReads(Backend backend) {
        backend.keyspace().ping();
        for (int i = 0; i < 300; i++) {
            backend.writer.set("session:" + i, "x");
        }

        assertThat(backend.keyspace().size()).isEqualTo(300);
        assertThat(backend.keyspace().get("session:7")).contains("x");
        assertThat(backend.keyspace().get("none")).isEmpty();
        assertThat(backend.keyspace().time()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyTypeHasItsCardinality(Backend backend) {
        UnifiedJedis writer = backend.writer;
        writer.rpush("list", "a", "b");
        writer.sadd("set", "a", "b", "c");
        writer.zadd("zset", 1, "a");
        writer.zadd("zset", 2, "b");
        writer.hset("hash", Map.of("a", "1"));
        writer.xadd("stream", StreamEntryID.NEW_ENTRY, Map.of("a", "1"));
        writer.pfadd("hll", "a", "b", "c");
        Map<String, KeyType> types = Map.of(
                "list", KeyType.LIST,
                "set", KeyType.SET,
                "zset", KeyType.ZSET,
                "hash", KeyType.HASH,
                "stream", KeyType.STREAM,
                "hll", KeyType.STRING);
        Map<String, Long> sizes = Map.of("list", 2L, "set", 3L, "zset", 2L, "hash", 1L, "stream", 1L, "hll", 3L);

        types.forEach((key, type) -> {
            assertThat(backend.keyspace().type(key)).contains(type);
            assertThat(backend.keyspace().cardinality(key, type)).isEqualTo(sizes.get(key));
        });
        assertThat(backend.keyspace().type("none")).isEmpty();
        assertThat(backend.keyspace().cardinality("none", KeyType.LIST)).isZero();
        assertThat(backend.keyspace().countByScore("zset", 2, Double.POSITIVE_INFINITY))
                .isEqualTo(1);
        assertThat(catchThrowableOfType(
                                KeyspaceException.class,
                                () -> backend.keyspace().cardinality("list", KeyType.SET))
                        .reason())
                .isEqualTo(Reason.WRONGTYPE);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void shardsTogetherHoldEveryKeyOnce(Backend backend) {
        Set<String> written = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            String key = "session:" + i;
            if (i % 2 == 0) {
                backend.writer.set(key, "x", SetParams.setParams().ex(1000L + i));
            } else {
                backend.writer.hset(key, "field", "x");
            }
            written.add(key);
        }
        Set<String> seen = new TreeSet<>();
        long size = 0;
        long expiring = 0;
        for (Shard shard : backend.keyspace().shards()) {
            size += shard.size();
            expiring += shard.expiringKeys().orElseThrow();
            String cursor = "0";
            do {
                ScanPage page = shard.scan(List.of(cursor), 50).getFirst();
                List<byte[]> keys = page.keys();
                List<String> types = shard.types(keys);
                List<Long> times = shard.timesToLive(keys);
                for (int i = 0; i < keys.size(); i++) {
                    boolean string = types.get(i).equals("string");
                    assertThat(times.get(i) > 900_000).isEqualTo(string);
                    assertThat(times.get(i) == -1).isEqualTo(!string);
                    seen.add(new String(keys.get(i), UTF_8));
                }
                cursor = page.cursor();
            } while (!cursor.equals("0"));
        }

        assertThat(seen).isEqualTo(written);
        assertThat(size).isEqualTo(500);
        assertThat(expiring).isEqualTo(250);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void nothingMovesWhileKeysAreWritten(Backend backend) {
        Optional<String> before = backend.keyspace().placement();
        for (int i = 0; i < 30; i++) {
            backend.writer.set("session:" + i, "x");
        }

        assertThat(before).isPresent();
        assertThat(backend.keyspace().placement()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void severalCursorsAreOneRoundTrip(Backend backend) {
        backend.writer.set("session:1", "x");
        Shard shard = backend.keyspace().shards().getFirst();

        assertThat(shard.scan(List.of("0", "18446744073709551615", "9223372036854775807"), 10))
                .hasSize(3);
        assertThat(shard.types(List.of())).isEmpty();
        assertThat(shard.timesToLive(List.of("none".getBytes(UTF_8)))).containsExactly(-2L);
        assertThat(shard.types(List.of("none".getBytes(UTF_8)))).containsExactly(Shard.GONE);
    }

    @Test
    void infoIsReadByNameAndNotByPlace() {
        String info = "# Keyspace\r\ndb0:keys=5,expires=3,avg_ttl=7,subexpiry=2\r\ndb11:expires=9,keys=10\r\n";

        assertThat(Replies.expiringKeys(info, 0)).isEqualTo(OptionalLong.of(3));
        assertThat(Replies.expiringKeys(info, 11)).isEqualTo(OptionalLong.of(9));
        assertThat(Replies.expiringKeys(info, 1)).isEqualTo(OptionalLong.of(0));
        assertThat(Replies.expiringKeys("db0:keys=5\r\n# Keyspace\r\n", 0)).isEmpty();
        assertThat(Replies.expiringKeys("nothing of the kind", 0)).isEmpty();
        assertThat(Replies.expiringKeys("# Keyspace\r\ndb0:keys=5\r\n", 0)).isEmpty();
        for (String broken :
                List.of("expires=abc", "expires=-3", "expires=", "expires=99999999999999999999", "expires=6")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Replies.expiringKeys("# Keyspace\r\ndb0:keys=5," + broken + "\r\n", 0));
        }
    }

    private static void add(String name, Topology topology, Optional<RedisTls> tls, UnifiedJedis writer) {
        var connection = new ConnectionConfig("default", topology, 0, Optional.empty(), tls, Set.of());
        var keyspaces = closing(new RedisKeyspaces(
                () -> Map.of("default", connection),
                Duration.ofSeconds(10),
                new Telemetry(InstantSource.system(), Duration.ofSeconds(2))));
        BACKENDS.put(name, new Backend(name, keyspaces, closing(writer)));
    }

    private static Node node(RedisServer server) {
        return new Node("127.0.0.1", server.port());
    }

    private static UnifiedJedis writer(RedisServer server) {
        return RedisClient.create("127.0.0.1", server.port());
    }

    private static <T extends AutoCloseable> T closing(T one) {
        TO_CLOSE.add(one);
        return one;
    }
}
