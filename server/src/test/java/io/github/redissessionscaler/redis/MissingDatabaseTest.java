package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** Databases whose index is higher than the server has. */
final class MissingDatabaseTest {

    private final JedisDataException error = new JedisDataException("ERR DB index is out of range");

    private long now;
    private final MissingDatabase missing = new MissingDatabase("redis:6379", 40, () -> now);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "16|'which has 16: set databaseIndex between 0 and 15'",
                "1|'which has database 0 only: remove databaseIndex, or set it to 0'",
                "33|'which has 33: set databaseIndex between 0 and 32'"
            })
    void theErrorSaysHowManyThereAre(int databases, String remedy) {
        try (var redis = RedisServer.start("--databases " + databases);
                var keyspaces = keyspaces(redis.port())) {
            Keyspace keyspace = keyspaces.of(new Database("default", OptionalInt.of(40)));

            for (int poll = 0; poll < 3; poll++) {
                assertThatThrownBy(keyspace::size)
                        .isInstanceOf(KeyspaceException.class)
                        .hasMessage("database index 40 does not exist on 127.0.0.1:" + redis.port() + ", " + remedy);
            }
        }
    }

    @Test
    void pollsDoNotConnectAgainAndAgain() {
        try (var redis = RedisServer.start();
                var keyspaces = keyspaces(redis.port());
                Jedis jedis = redis.connect()) {
            long before = connectionsMade(jedis);

            for (int poll = 0; poll < 200; poll++) {
                Keyspace keyspace = keyspaces.of(new Database("default", OptionalInt.of(40)));
                assertThatThrownBy(keyspace::size).hasMessageContaining("index 40");
            }

            // two for each look, one of which learns how many databases there are
            assertThat(connectionsMade(jedis) - before).isBetween(2L, 20L);
            assertThat(keyspaces.of(new Database("default", OptionalInt.of(15))).size())
                    .isZero();
        }
    }

    @Test
    void aChangedConfigurationIsTriedAtOnce() {
        var configured = new AtomicReference<Map<String, ConnectionConfig>>(Map.of());
        try (var narrow = RedisServer.start();
                var wide = RedisServer.start("--databases 64");
                var keyspaces = keyspaces(configured::get)) {
            configured.set(connections(narrow.port()));
            var database = new Database("default", OptionalInt.of(40));
            assertThatThrownBy(() -> keyspaces.of(database).size()).hasMessageContaining("index 40");

            configured.set(connections(wide.port()));

            assertThat(keyspaces.of(database).size()).isZero();
        }
    }

    @Test
    void eachLookThatFailsPutsTheNextOffForTwiceAsLongUpToAMinute() {
        Duration pause = MissingDatabase.FIRST_PAUSE;
        for (int look = 0; look < 10; look++) {
            assertThatCode(missing::check).doesNotThrowAnyException();
            assertThat(missing.missing(16, error)).hasMessageContaining("has 16");
            now += pause.toNanos() - 1;
            assertThatThrownBy(missing::check).hasMessageContaining("has 16");
            now++;
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(MissingDatabase.LONGEST_PAUSE) < 0 ? twice : MissingDatabase.LONGEST_PAUSE;
        }
        assertThat(pause).isEqualTo(MissingDatabase.LONGEST_PAUSE);
    }

    @Test
    void aDatabaseThatIsThereAgainBeginsAnew() {
        missing.missing(16, error);
        missing.missing(16, error);
        missing.found();
        assertThatCode(missing::check).doesNotThrowAnyException();

        missing.missing(0, error);

        assertThatThrownBy(missing::check)
                .hasMessage(
                        "database index 40 does not exist on redis:6379, which has fewer databases: set databaseIndex"
                                + " to one of them");
        now += MissingDatabase.FIRST_PAUSE.toNanos();
        assertThatCode(missing::check).doesNotThrowAnyException();
    }

    private static long connectionsMade(Jedis jedis) {
        Matcher made = Pattern.compile("total_connections_received:(\\d+)").matcher(jedis.info("stats"));
        assertThat(made.find()).isTrue();
        return Long.parseLong(made.group(1));
    }

    private static RedisKeyspaces keyspaces(int port) {
        return keyspaces(() -> connections(port));
    }

    private static RedisKeyspaces keyspaces(Supplier<Map<String, ConnectionConfig>> connections) {
        return new RedisKeyspaces(
                connections, Duration.ofSeconds(5), new Telemetry(InstantSource.system(), Duration.ofSeconds(2)));
    }

    private static Map<String, ConnectionConfig> connections(int port) {
        return Map.of(
                "default",
                new ConnectionConfig(
                        "default",
                        new Topology.Standalone(new Node("127.0.0.1", port)),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Set.of()));
    }
}
