package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TestCertificates;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.SetParams;

/** Servers whose addresses, passwords and certificates change, and the reasons that are reported. */
final class TopologyChangesTest {

    private static final Database DATABASE = new Database("default", OptionalInt.empty());

    private static RedisCluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, true);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void slotsWithoutAPrimaryArePointedOut() {
        try (var cluster = RedisCluster.startPartial(1);
                var jedis = cluster.primary(0).connect();
                var scaler = RunningScaler.with(
                        Map.of("REDIS_URL", "redis-cluster://" + cluster.nodes().getFirst()))) {
            jedis.set("a", "x", SetParams.setParams().ex(600));
            jedis.clusterDelSlots(5, 6);

            await().until(() -> scaler.metric(Map.of()) == 1);
            await().untilAsserted(() -> assertThat(scaler.get("/api/status").body())
                    .contains("2 of 16,384 slots of the cluster have no primary"));
        }
    }

    @Test
    void aFailoverOfSentinelIsFollowed() {
        try (var sentinel = RedisSentinel.start();
                var keyspaces =
                        open(new Topology.Sentinel(RedisSentinel.MASTER, sentinel.sentinels(), Optional.empty()))) {
            Keyspace keyspace = keyspaces.of(DATABASE);
            assertThat(keyspace.size()).isZero();

            sentinel.failOver();
            try (Jedis primary = sentinel.second().connect()) {
                primary.set("session:1", "x");
            }

            await().ignoreExceptions().until(() -> keyspace.size() == 1);
            assertThat(keyspace.shards())
                    .singleElement()
                    .extracting(Shard::name)
                    .isEqualTo(sentinel.second().address());
        }
    }

    @Test
    void aClusterIsSummedWhileItChanges() {
        try (var writer = cluster.connect();
                var keyspaces = open(new Topology.Cluster(cluster.nodes()))) {
            writer.flushAll();
            Keyspace keyspace = keyspaces.of(DATABASE);
            for (int i = 0; i < 300; i++) {
                writer.set("session:" + i, "x");
            }
            assertThat(keyspace.size()).isEqualTo(300);
            int primaries = keyspace.shards().size();

            RedisServer added = cluster.addPrimary();
            cluster.moveSlots(cluster.primary(0), added, IntStream.range(0, 1000));
            await().ignoreExceptions().until(() -> keyspace.shards().size() == primaries + 1);
            assertThat(keyspace.size()).isEqualTo(300);
            for (int i = 0; i < 300; i++) {
                assertThat(keyspace.get("session:" + i)).contains("x");
            }

            cluster.failOver(1);
            await().ignoreExceptions().until(() -> keyspace.size() == 300);
            for (int i = 0; i < 300; i++) {
                assertThat(keyspace.type("session:" + i)).contains(KeyType.STRING);
            }
        }
    }

    @Test
    void eventsOfEveryPrimaryAreHeardAlsoAfterAFailover() {
        try (var writer = cluster.connect();
                var keyspaces = open(new Topology.Cluster(cluster.nodes()))) {
            var heard = new CountedEvents();
            try (var feed = keyspaces.listen(DATABASE, heard)) {
                assertThat(feed).isNotNull();
                await().until(() -> heard.interruptions() >= 3);
                for (int i = 0; i < 60; i++) {
                    writer.sadd("set:" + i, "x");
                }
                await().until(() -> heard.events() >= 60);

                cluster.failOver(0);

                await().atMost(Duration.ofSeconds(20)).until(() -> {
                    int before = heard.events();
                    for (int i = 0; i < 60; i++) {
                        writer.sadd("set:" + i, String.valueOf(before));
                    }
                    return heard.events() >= before + 60;
                });
            }
        }
    }

    @Test
    void aNodeOfAClusterThatIsConfiguredAsOneServerSaysSo() {
        try (var keyspaces = open(new Topology.Standalone(cluster.nodes().getFirst()))) {
            Keyspace keyspace = keyspaces.of(DATABASE);

            KeyspaceException failure = catchThrowableOfType(
                    KeyspaceException.class, () -> IntStream.range(0, 20).forEach(i -> keyspace.get("session:" + i)));

            assertThat(failure.getMessage()).contains("part of a cluster");
        }
    }

    @Test
    void aRotatedPasswordIsReadAgain() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "first\n");
        try (var redis = RedisServer.start();
                var admin = redis.connect();
                var keyspaces = open(
                        standalone(redis.port()),
                        Optional.of(new Credentials("scaler", new Secret.InFile(password))),
                        Optional.empty())) {
            admin.aclSetUser("scaler", "on", ">first", "~*", "+@all");
            Keyspace keyspace = keyspaces.of(DATABASE);
            keyspace.ping();

            admin.aclSetUser("scaler", "resetpass", ">second");
            admin.clientKill(
                    ClientKillParams.clientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
            assertThat(reasonOf(keyspace::ping)).isEqualTo(Reason.WRONGPASS);

            Files.writeString(password, "second\n");
            keyspace.ping();
        }
    }

    @Test
    void aRefusalByAnAclIsReportedAsNoperm() {
        try (var redis = RedisServer.start();
                var admin = redis.connect();
                var keyspaces = open(
                        standalone(redis.port()),
                        Optional.of(new Credentials("scaler", new Secret.Literal("hush"))),
                        Optional.empty())) {
            admin.aclSetUser("scaler", "on", ">hush", "~session:*", "+ping", "+get", "+select");
            Keyspace keyspace = keyspaces.of(DATABASE);

            keyspace.ping();
            assertThat(keyspace.get("session:1")).isEmpty();
            assertThat(reasonOf(keyspace::size)).isEqualTo(Reason.NOPERM);
            assertThat(reasonOf(() -> keyspace.get("other"))).isEqualTo(Reason.NOPERM);
            assertThat(keyspace.shards().getFirst().expiringKeys()).isEmpty();
        }
    }

    @Test
    void noPasswordAndAWrongOneAreDistinguishedAndNotShown() {
        try (var redis = RedisServer.start();
                var admin = redis.connect();
                var without = open(standalone(redis.port()));
                var wrong = open(
                        standalone(redis.port()),
                        Optional.of(new Credentials("default", new Secret.Literal("not-it"))),
                        Optional.empty())) {
            admin.aclSetUser("default", "resetpass", ">hush");

            KeyspaceException refused = catchThrowableOfType(
                    KeyspaceException.class, () -> wrong.of(DATABASE).ping());

            assertThat(reasonOf(() -> without.of(DATABASE).ping())).isEqualTo(Reason.NOAUTH);
            assertThat(refused.reason()).isEqualTo(Reason.WRONGPASS);
            assertThat(refused.getMessage()).doesNotContain("not-it");
        }
    }

    @Test
    void certificatesAreVerified() throws IOException {
        TestCertificates ours = TestCertificates.in(Files.createDirectory(directory.resolve("ours")))
                .issue("server");
        TestCertificates others = TestCertificates.in(Files.createDirectory(directory.resolve("others")));
        int tlsPort = Ports.free();
        try (var redis = RedisServer.start(
                        "--tls-port",
                        String.valueOf(tlsPort),
                        "--tls-auth-clients",
                        "no",
                        "--tls-cert-file",
                        ours.certificate("server").toString(),
                        "--tls-key-file",
                        ours.key("server").toString(),
                        "--tls-ca-cert-file",
                        ours.authority().toString());
                var trusting = open(standalone(tlsPort), Optional.empty(), Optional.of(tls(ours.authority())));
                var distrusting = open(standalone(tlsPort), Optional.empty(), Optional.of(tls(others.authority())))) {
            assertThat(redis.port()).isNotEqualTo(tlsPort);
            trusting.of(DATABASE).ping();
            assertThat(reasonOf(() -> distrusting.of(DATABASE).ping())).isEqualTo(Reason.TLS);
        }
    }

    @Test
    void differentMissingPartsHaveDifferentReasons() {
        try (var nobody = open(standalone(Ports.free()));
                var nowhere = open(new Topology.Standalone(new Node("redis.invalid", 6379)))) {
            assertThat(reasonOf(() -> nobody.of(DATABASE).ping())).isEqualTo(Reason.UNREACHABLE);
            assertThat(reasonOf(() -> nowhere.of(DATABASE).ping())).isEqualTo(Reason.DNS);
        }
    }

    @Test
    void connectionsThatTheServerDroppedAreReplaced() {
        try (var redis = RedisServer.start();
                var keyspaces = open(standalone(redis.port()))) {
            Keyspace keyspace = keyspaces.of(DATABASE);
            keyspace.ping();

            redis.kill();
            redis.restart();

            keyspace.ping();
        }
    }

    @Test
    void aConnectionWithoutAPasswordIsClosed() throws IOException {
        try (var listening =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            int port = listening.socket().getLocalPort();
            assertThatAConnectionWithoutAPasswordIsClosed(listening, standalone(port));
        }
    }

    @Test
    void aConnectionToAUnixSocketWithoutAPasswordIsClosed() throws IOException {
        Path socket = directory.resolve("redis.sock");
        try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            assertThatAConnectionWithoutAPasswordIsClosed(listening, new Topology.UnixSocket(socket));
        }
    }

    private void assertThatAConnectionWithoutAPasswordIsClosed(ServerSocketChannel listening, Topology topology)
            throws IOException {
        Path password = Files.writeString(directory.resolve("empty"), "");
        var credentials = new Credentials("scaler", new Secret.InFile(password));
        try (var keyspaces = open(topology, Optional.of(credentials), Optional.empty())) {
            assertThat(reasonOf(keyspaces.of(DATABASE)::ping)).isEqualTo(Reason.NOAUTH);
            try (SocketChannel accepted = listening.accept()) {
                accepted.configureBlocking(false);
                await().until(() -> isClosed(accepted));
            }
        }
    }

    /** By FIN or by RST. */
    private static boolean isClosed(SocketChannel connection) throws IOException {
        try {
            return connection.read(ByteBuffer.allocate(1)) < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static Reason reasonOf(ThrowingCallable call) {
        return catchThrowableOfType(KeyspaceException.class, call).reason();
    }

    private static RedisTls tls(Path authority) {
        return new RedisTls(Optional.of(authority), Optional.empty(), Optional.empty(), true);
    }

    private static Topology standalone(int port) {
        return new Topology.Standalone(new Node("127.0.0.1", port));
    }

    private static RedisKeyspaces open(Topology topology) {
        return open(topology, Optional.empty(), Optional.empty());
    }

    private static RedisKeyspaces open(Topology topology, Optional<Credentials> credentials, Optional<RedisTls> tls) {
        var connection = new ConnectionConfig("default", topology, 0, credentials, tls, Set.of());
        return new RedisKeyspaces(
                () -> Map.of("default", connection),
                Duration.ofSeconds(5),
                new Telemetry(InstantSource.system(), Duration.ofSeconds(2)));
    }
}
