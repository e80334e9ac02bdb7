package io.github.redissessionscaler.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.push.ActivityStream;
import io.github.redissessionscaler.testing.LiveObjects;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.SwitchedNames;
import io.github.redissessionscaler.testing.TcpProxy;
import io.github.redissessionscaler.testing.TestCertificates;
import io.grpc.StatusRuntimeException;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * One fault after another while many triggers are polled and streams are open. What is seen is written to
 * {@code target/chaos.md} as a table.
 */
final class ChaosTest {

    private static final int SESSIONS = 300;
    private static final int OTHERS = 20;
    private static final int QUEUED = 7;

    /** Bytes of each value: a server that loads answers LOADING only between one 2 MiB and the next. */
    private static final int MUCH_TO_LOAD = 100_000;

    private static final Map<Map<String, String>, Double> EXPECTED = Map.of(
            Map.of(), SESSIONS + OTHERS + 1.0,
            Map.of("keyPattern", "session:*"), (double) SESSIONS,
            Map.of("key", "queue"), (double) QUEUED);

    /** Threads of the clients' libraries, which come and go. */
    private static final int THREADS_OF_OTHERS = 8;

    /** More than the classes and the code that a fault brings along, and less than one scaler. */
    private static final long BYTES_OF_OTHERS = 16 << 20;

    private static final String SCALER = Scaler.class.getName();
    private static final String REDIS_CONNECTION = "redis.clients.jedis.Connection";
    private static final String STREAM = ActivityStream.class.getName();

    private static final List<String> ROWS = new ArrayList<>();

    private static int threadsBefore;
    private static LiveObjects heapBefore = new LiveObjects(Map.of(), 0);

    @TempDir
    private Path directory;

    /** Something that may fail for a reason of its own. */
    private interface Step {
        void run() throws Exception;
    }

    /** What is there after everything has been used once. */
    @BeforeAll
    static void measure() {
        try (var redis = RedisServer.start();
                var scaler = scalerOf("redis://" + redis.address())) {
            scaler.metric(Map.of());
            scaler.isActive(Map.of("keyPattern", "session:*"));
        }
        heapBefore = LiveObjects.count();
        threadsBefore = threads();
    }

    @AfterAll
    static void nothingIsLeft() {
        await().untilAsserted(() -> assertThat(threads()).isLessThanOrEqualTo(threadsBefore + THREADS_OF_OTHERS));
        await().untilAsserted(() -> {
            LiveObjects heap = LiveObjects.count();
            assertThat(heap.of(SCALER)).isLessThanOrEqualTo(heapBefore.of(SCALER));
            assertThat(heap.of(STREAM)).isZero();
            assertThat(heap.of(REDIS_CONNECTION)).isLessThanOrEqualTo(heapBefore.of(REDIS_CONNECTION));
            assertThat(heap.bytes()).isLessThanOrEqualTo(heapBefore.bytes() + BYTES_OF_OTHERS);
        });
    }

    @AfterAll
    static void writeTable() throws IOException {
        List<String> table = new ArrayList<>(List.of(
                "| fault | calls | late | longest (ms) | wrong numbers | streams lost | right again after (ms) |",
                "|---|---|---|---|---|---|---|"));
        table.addAll(ROWS);
        Files.write(Path.of("target", "chaos.md"), table);
        System.out.println(String.join(System.lineSeparator(), table));
    }

    @Test
    void oneServerBehindANetwork() throws Exception {
        try (var redis = RedisServer.start();
                var proxy = TcpProxy.to(redis.port());
                var scaler = scalerOf("redis://127.0.0.1:" + proxy.port())) {
            fill(redis);
            int connections = connectionsTo(redis);

            fault("killed, and started again with its data", scaler, 0, redis::killSaved, redis::restart);
            fault("stopped for a while (SIGSTOP)", scaler, 0, redis::pause, redis::resume);
            fault("connections cut (FIN)", scaler, 0, proxy::cut, () -> {});
            fault("connections reset (RST)", scaler, 0, proxy::reset, () -> {});
            fault("black hole", scaler, 0, proxy::blackHole, proxy::heal);
            fault("replies at ten bytes a second", scaler, 0, proxy::trickle, proxy::heal);
            fault("every reply torn in its middle", scaler, 0, proxy::tear, proxy::heal);
            fault("blocked by a script (BUSY)", scaler, 0, () -> block(redis), () -> unblock(redis));
            try (Jedis admitted = redis.connect()) {
                Step refuse = () -> {
                    admitted.configSet("maxclients", "1");
                    proxy.cut();
                };
                fault("clients refused", scaler, 0, refuse, () -> admitted.configSet("maxclients", "10000"));
            }

            assertThat(connectionsTo(redis) - connections).isLessThan(16);
        }
    }

    @Test
    void aServerThatLoadsItsData() throws Exception {
        try (var redis = RedisServer.start("--key-load-delay", "2000", "--rdbcompression", "no");
                var scaler = scalerOf("redis://" + redis.address())) {
            fill(redis, "x".repeat(MUCH_TO_LOAD));
            fault("killed, and loading its data (LOADING)", scaler, 0, redis::killSaved, redis::restart);
        }
    }

    @Test
    void aNameThatNobodyKnowsForAWhile() throws Exception {
        try (var redis = RedisServer.start();
                var proxy = TcpProxy.to(redis.port());
                var scaler = scalerOf("redis://" + SwitchedNames.NAME + ":" + proxy.port())) {
            fill(redis);
            Step gone = () -> {
                SwitchedNames.resolve(false);
                await().atMost(Duration.ofMinutes(1)).until(() -> {
                    proxy.cut();
                    return unavailable(scaler).contains("DNS");
                });
            };
            fault("DNS gone", scaler, 0, gone, () -> SwitchedNames.resolve(true));
        } finally {
            SwitchedNames.resolve(true);
        }
    }

    @Test
    void aPasswordThatIsRotated() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "first");
        try (var redis = RedisServer.start();
                var proxy = TcpProxy.to(redis.port())) {
            fill(redis);
            rotate(redis, "", "first");
            try (var scaler = RunningScaler.impatient(
                    Map.of("REDIS_ADDRESS", "127.0.0.1:" + proxy.port(), "REDIS_PASSWORD_FILE", file.toString()))) {
                Step rotation = () -> {
                    rotate(redis, "first", "second");
                    proxy.cut();
                };
                fault("password rotated", scaler, 0, rotation, () -> Files.writeString(file, "second"));
            }
        }
    }

    @Test
    void aCertificateThatEnds() throws Exception {
        TestCertificates certificates =
                TestCertificates.in(directory).issue("server").issue("client");
        try (var redis = RedisServer.start(
                        "--tls-port", String.valueOf(Ports.free()),
                        "--tls-cert-file", certificates.certificate("server").toString(),
                        "--tls-key-file", certificates.key("server").toString(),
                        "--tls-ca-cert-file", certificates.authority().toString());
                var proxy = TcpProxy.to(redis.tlsPort())) {
            fill(redis);
            Path configuration = Files.writeString(directory.resolve("config.yaml"), """
                connections:
                  default:
                    address: 127.0.0.1:%d
                    tls: {caFile: %s, certFile: %s, keyFile: %s}
                """.formatted(
                            proxy.port(),
                            certificates.authority(),
                            certificates.certificate("client"),
                            certificates.key("client")));
            try (var scaler = RunningScaler.impatient(Map.of("CONFIG_FILE", configuration.toString()))) {
                Step ends = () -> {
                    certificates.issue("client", Algorithm.ecp256, Duration.ofDays(-1));
                    proxy.cut();
                };
                fault("client certificate ended, then renewed", scaler, 0, ends, () -> certificates.issue("client"));
            }
        }
    }

    @Test
    void aSentinelThatFailsOver() throws Exception {
        try (var sentinel = RedisSentinel.start();
                var scaler = scalerOf(sentinel.url())) {
            fill(sentinel.first());
            awaitReplica(sentinel);
            fault("Sentinel failover", scaler, 0, sentinel::failOver, () -> {});
        }
    }

    @Test
    void aClusterThatLosesANodeAndMovesSlots() throws Exception {
        try (var cluster = RedisCluster.start(3, true);
                var scaler = scalerOf(
                        "redis-cluster://127.0.0.1:" + cluster.primary(0).port())) {
            try (var client = cluster.connect()) {
                putAll(key -> client.set(key, "x"));
                IntStream.range(0, QUEUED).forEach(i -> client.rpush("queue", "x"));
            }
            fault("cluster failover", scaler, 0, () -> cluster.failOver(0), () -> {});
            fault(
                    "cluster node stopped for a while",
                    scaler,
                    0,
                    () -> cluster.primary(1).pause(),
                    () -> cluster.primary(1).resume());
            RedisServer added = cluster.addPrimary();
            fault(
                    "500 slots moved to a new node",
                    scaler,
                    keysInSlots(12_000, 12_500),
                    () -> cluster.moveSlots(cluster.primary(2), added, IntStream.range(12_000, 12_500)),
                    () -> {});
        }
    }

    @Test
    void aClusterThatLosesANodeForGood() throws Exception {
        try (var cluster = RedisCluster.start(3, true);
                var scaler = scalerOf(
                        "redis-cluster://127.0.0.1:" + cluster.primary(0).port())) {
            try (var client = cluster.connect()) {
                putAll(key -> client.set(key, "x"));
                IntStream.range(0, QUEUED).forEach(i -> client.rpush("queue", "x"));
            }
            cluster.awaitReplicas();
            fault(
                    "cluster node killed for good",
                    scaler,
                    0,
                    () -> cluster.primary(1).kill(),
                    () -> {});
        }
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** Breaks something under load, mends it, and notes what was seen. */
    private static void fault(String name, RunningScaler scaler, int keysUnderWay, Step breaking, Step mending)
            throws Exception {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel())
                .streamIsActive(RunningScaler.ref(Map.of("onUnavailable", "hold")), stream);
        await().until(() -> stream.values().contains(true));
        try (var load = new Load(scaler, EXPECTED, keysUnderWay)) {
            load.awaitAllRight();
            breaking.run();
            load.awaitCalls(60);
            mending.run();
            Duration recovery = load.awaitAllRight();
            int lost = stream.end().isPresent() ? 1 : 0;
            ROWS.add("| %s | %d | %d | %d | %d | %d | %d |"
                    .formatted(
                            name,
                            load.calls(),
                            load.late(),
                            load.longest().toMillis(),
                            load.wrong().size(),
                            lost,
                            recovery.toMillis()));

            assertThat(load.wrong()).as(name).isEmpty();
            assertThat(lost).as(name).isZero();
        }
    }

    private static RunningScaler scalerOf(String url) {
        return RunningScaler.impatient(Map.of("REDIS_URL", url, "HEARTBEAT", "500ms"));
    }

    private static void fill(RedisServer redis) {
        fill(redis, "x");
    }

    private static void fill(RedisServer redis, String value) {
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            putAll(key -> pipeline.set(key, value));
            IntStream.range(0, QUEUED).forEach(i -> pipeline.rpush("queue", "x"));
        }
    }

    private static void putAll(Consumer<String> set) {
        IntStream.range(0, SESSIONS).forEach(i -> set.accept("session:" + i));
        IntStream.range(0, OTHERS).forEach(i -> set.accept("cache:" + i));
    }

    private static int keysInSlots(int start, int end) {
        List<String> keys = new ArrayList<>(List.of("queue"));
        putAll(keys::add);
        return (int) keys.stream()
                .mapToInt(JedisClusterCRC16::getSlot)
                .filter(slot -> slot >= start && slot < end)
                .count();
    }

    private static String unavailable(RunningScaler scaler) {
        try {
            scaler.metric(Map.of("onUnavailable", "error"));
            return "";
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    private static void awaitReplica(RedisSentinel sentinel) {
        try (Jedis replica = sentinel.second().connect()) {
            await().until(() -> replica.dbSize() == SESSIONS + OTHERS + 1);
        }
    }

    private static int connectionsTo(RedisServer redis) {
        try (Jedis jedis = redis.connect()) {
            return (int) jedis.clientList().lines().count();
        }
    }

    /** A script that runs until it is killed. The server is configured to reply BUSY after 10 ms. */
    private static void block(RedisServer redis) {
        try (Jedis jedis = redis.connect()) {
            jedis.configSet("lua-time-limit", "10");
        }
        Thread.startVirtualThread(() -> {
            try (Jedis jedis = new Jedis("127.0.0.1", redis.port(), 60_000)) {
                jedis.eval("while true do end");
            } catch (JedisException e) {
                // killed, as intended
            }
        });
        try (Jedis jedis = redis.connect()) {
            await().ignoreExceptions().until(() -> {
                try {
                    jedis.dbSize();
                    return false;
                } catch (JedisDataException e) {
                    return String.valueOf(e.getMessage()).startsWith("BUSY");
                }
            });
        }
    }

    private static void unblock(RedisServer redis) {
        try (Jedis jedis = redis.connect()) {
            jedis.scriptKill();
        }
    }

    private static void rotate(RedisServer redis, String before, String after) {
        try (Jedis jedis = redis.connect()) {
            if (!before.isEmpty()) {
                jedis.auth(before);
            }
            jedis.configSet("requirepass", after);
        }
    }
}
