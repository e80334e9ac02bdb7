package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot.ConnectionState;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.trigger.Database;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.ClientKillParams.SkipMe;

/** What is counted of the traffic with a real Redis. */
final class TrafficTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = NOW;
    private RedisServer redis;
    private Telemetry telemetry;
    private RedisKeyspaces keyspaces;
    private Keyspace keyspace;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        telemetry = new Telemetry(() -> now, Duration.ofSeconds(2));
        var topology = new Topology.Standalone(new Node("127.0.0.1", redis.port()));
        var connections = Map.of("sessions", connection("sessions", topology), "idle", connection("idle", topology));
        telemetry.connectionsAre(connections.keySet());
        keyspaces = new RedisKeyspaces(() -> connections, Duration.ofSeconds(5), telemetry);
        keyspace = keyspaces.of(new Database("sessions", OptionalInt.empty()));
    }

    @AfterEach
    void stop() {
        keyspaces.close();
        redis.close();
    }

    @Test
    void everyCommandIsCountedAlsoInAPipeline() {
        keyspace.ping();
        keyspace.size();
        keyspace.shards().getFirst().sampleByRandomKey(16);

        assertThat(sessions().commands())
                .isEqualTo(Map.of("PING", 1L, "DBSIZE", redis.calls("dbsize"), "RANDOMKEY", redis.calls("randomkey")))
                .containsEntry("DBSIZE", 3L)
                .containsEntry("RANDOMKEY", 16L);
        assertThat(sessions().commandsSent()).isEqualTo(20);
        assertThat(sessions().recentLatency()).isPositive();
        assertThat(sessions().slowest()).isGreaterThanOrEqualTo(sessions().recentLatency());
        assertThat(telemetry.scrape())
                .contains("redis_session_scaler_redis_round_trip_seconds_count{connection=\"sessions\"} 3");
    }

    @Test
    void aConnectionThatNobodyUsesIsKnownAllTheSame() {
        assertThat(telemetry.connections()).extracting(ConnectionSnapshot::name).containsExactly("idle", "sessions");
        assertThat(telemetry.connections()).allSatisfy(connection -> {
            assertThat(connection.state()).isEqualTo(ConnectionState.UNUSED);
            assertThat(connection.connects()).isZero();
        });

        telemetry.connectionsAre(Set.of());

        assertThat(telemetry.connections()).isEmpty();
    }

    @Test
    void aConnectionIsDownUntilItAnswersAgainAndWasMadeAnew() {
        keyspace.ping();
        assertThat(sessions().state()).isEqualTo(ConnectionState.UP);
        redis.kill();

        assertThatThrownBy(keyspace::ping).isInstanceOf(KeyspaceException.class);
        assertThat(sessions().state()).isEqualTo(ConnectionState.DOWN);
        assertThat(sessions().failures()).isEqualTo(Map.of("UNREACHABLE", 1L));
        assertThat(sessions().lastFailure()).hasValueSatisfying(failure -> {
            assertThat(failure.at()).isEqualTo(NOW);
            assertThat(failure.message()).contains(redis.address()).contains("cannot be reached");
        });

        redis.restart();
        keyspace.ping();

        assertThat(sessions().state()).isEqualTo(ConnectionState.UP);
        assertThat(sessions().connects()).isEqualTo(2);
        assertThat(sessions().reconnects()).isEqualTo(1);
    }

    @Test
    void aConnectionIsUpOrDownWhileItIsConfigured() {
        assertThat(telemetry.scrape()).doesNotContain("redis_up{");
        keyspace.ping();
        assertThat(telemetry.scrape()).contains("redis_up{connection=\"sessions\"} 1.0");
        redis.kill();
        assertThatThrownBy(keyspace::ping).isInstanceOf(KeyspaceException.class);
        assertThat(telemetry.scrape())
                .contains("redis_up{connection=\"sessions\"} 0.0")
                .doesNotContain("redis_up{connection=\"idle\"}");

        telemetry.connectionsAre(Set.of("idle"));

        assertThat(telemetry.scrape()).doesNotContain("redis_up{");
    }

    @Test
    void aConnectionIsUpOrDownWhileItIsRead() {
        redis.kill();
        assertThatThrownBy(keyspace::ping).isInstanceOf(KeyspaceException.class);
        now = now.plus(Duration.ofMinutes(9));
        assertThatThrownBy(keyspace::ping).isInstanceOf(KeyspaceException.class);
        now = now.plus(Duration.ofMinutes(10));
        assertThat(telemetry.scrape()).contains("redis_up{connection=\"sessions\"} 0.0");

        now = now.plusNanos(1);
        assertThat(telemetry.scrape()).doesNotContain("redis_up{");

        redis.restart();
        keyspace.ping();
        assertThat(telemetry.scrape()).contains("redis_up{connection=\"sessions\"} 1.0");
    }

    /** Nobody read meanwhile, so nobody missed it. */
    @Test
    void aConnectionThatRedisClosesWhileItIsUnusedIsNotLost() {
        keyspace.ping();
        redis.kill();
        redis.restart();
        keyspace.ping();

        assertThat(sessions().connects()).isEqualTo(2);
        assertThat(sessions().reconnects()).isZero();
        assertThat(sessions().failures()).isEmpty();
        // as its timeout does
        try (var jedis = redis.connect()) {
            jedis.clientKill(new ClientKillParams().type(ClientType.NORMAL).skipMe(SkipMe.YES));
        }
        keyspace.ping();

        assertThat(sessions().connects()).isEqualTo(3);
        assertThat(sessions().reconnects()).isZero();
        assertThat(telemetry.scrape())
                .contains("redis_session_scaler_redis_reconnects_total{connection=\"sessions\"} 0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {":", ":7", "$5\r\nab", "*2\r\n:1\r\n"})
    void aConnectionThatEndsWithinAReplyIsLost(String beginning) {
        var broken = new AtomicBoolean(true);
        try (var server = ScriptedRedis.sending(_ -> client -> {
                    if (broken.getAndSet(false)) {
                        client.write(beginning.getBytes(UTF_8));
                        throw new IOException("closed");
                    }
                    client.write(":7\r\n".getBytes(UTF_8));
                });
                var opened = open(server.port())) {
            assertThat(opened.of(new Database("idle", OptionalInt.empty())).size())
                    .isEqualTo(7);

            assertThat(idle().connects()).isEqualTo(2);
            assertThat(idle().reconnects()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatEndsBeforeTheReplyIsLostIfAnotherIsNoBetter() {
        try (var server = ScriptedRedis.sending(_ -> _ -> {
                    throw new IOException("closed");
                });
                var opened = open(server.port())) {
            Keyspace closing = opened.of(new Database("idle", OptionalInt.empty()));
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(closing::size).hasMessageContaining("closed the connection without a reply");
            }

            assertThat(idle().reconnects()).isGreaterThanOrEqualTo(2);
        }
    }

    private RedisKeyspaces open(int port) {
        var connection = connection("idle", new Topology.Standalone(new Node("127.0.0.1", port)));
        return new RedisKeyspaces(() -> Map.of("idle", connection), Duration.ofSeconds(5), telemetry);
    }

    @Test
    void anInvalidRequestIsAFailureButNoOutage() {
        try (var jedis = redis.connect()) {
            jedis.set("text", "x");
        }

        assertThatThrownBy(() -> keyspace.countByScore("text", 0, 1)).isInstanceOf(KeyspaceException.class);

        assertThat(sessions().state()).isEqualTo(ConnectionState.UP);
        assertThat(sessions().failures()).isEqualTo(Map.of("WRONGTYPE", 1L));
    }

    private ConnectionSnapshot sessions() {
        return telemetry.connections().getLast();
    }

    private ConnectionSnapshot idle() {
        return telemetry.connections().getFirst();
    }

    private static ConnectionConfig connection(String name, Topology topology) {
        return new ConnectionConfig(name, topology, 0, Optional.empty(), Optional.empty(), Set.of());
    }
}
