package io.github.redissessionscaler.redis;

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
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is counted of the traffic with a real Redis. */
final class TrafficTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private RedisServer redis;
    private Telemetry telemetry;
    private RedisKeyspaces keyspaces;
    private Keyspace keyspace;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        telemetry = new Telemetry(InstantSource.fixed(NOW), Duration.ofSeconds(2));
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

    private static ConnectionConfig connection(String name, Topology topology) {
        return new ConnectionConfig(name, topology, 0, Optional.empty(), Optional.empty(), Set.of());
    }
}
