package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.trigger.Database;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The time limit of exchanges. */
final class ExchangeTest {

    private static final Duration TIME = Duration.ofMillis(20);

    /** One thread watches the deadlines of all connections. */
    @Test
    void anErrorAtOneDeadlineIsCountedAndTheOthersAreKept() {
        long before = InternalErrors.counts().getOrDefault("redis deadlines", 0L);
        var closed = new AtomicBoolean();
        var faulty = new Exchange(
                new Socket() {
                    @Override
                    public void close() {
                        throw new AssertionError("of a test");
                    }
                },
                TIME);
        var other = new Exchange(
                new Socket() {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                },
                TIME);

        faulty.startTime();
        await().until(() -> InternalErrors.counts().getOrDefault("redis deadlines", 0L) > before);
        other.startTime();

        await().untilTrue(closed);
        assertThat(InternalErrors.counts().get("redis deadlines")).isEqualTo(before + 1);
    }

    /** Few large replies are read at a time. One that never ends must not keep its turn once its read has failed. */
    @Test
    void aLargeReplyThatDoesNotEndGivesItsTurnBack() {
        var calls = new AtomicInteger();
        String begun = "*2\r\n$1\r\n0\r\n*40000\r\n";
        try (var server = ScriptedRedis.sending(_ -> client -> {
                    client.write(begun.getBytes(US_ASCII));
                    if (calls.incrementAndGet() <= 2 * Exchange.MOST_LARGE) {
                        while (true) {
                            client.write("$1\r\nk\r\n".getBytes(US_ASCII));
                            LockSupport.parkNanos(5_000_000);
                        }
                    }
                    client.write("$1\r\nk\r\n".repeat(40_000).getBytes(US_ASCII));
                });
                var impatient = open(server.port(), Duration.ofMillis(100));
                var patient = open(server.port(), Duration.ofMinutes(1))) {
            for (int i = 0; i < 2 * Exchange.MOST_LARGE; i++) {
                assertThatThrownBy(() -> scan(impatient)).isInstanceOf(KeyspaceException.class);
            }

            assertThat(scan(patient)).hasSize(40_000);
        }
    }

    private static List<byte[]> scan(RedisKeyspaces keyspaces) {
        return keyspaces
                .of(new Database("default", OptionalInt.empty()))
                .shards()
                .getFirst()
                .scan(List.of("0"), 10)
                .getFirst()
                .keys();
    }

    private static RedisKeyspaces open(int port, Duration timeout) {
        var connection = new ConnectionConfig(
                "default",
                new Topology.Standalone(new Node("127.0.0.1", port)),
                0,
                Optional.empty(),
                Optional.empty(),
                Set.of());
        return new RedisKeyspaces(
                () -> Map.of("default", connection), timeout, new Telemetry(InstantSource.system(), timeout));
    }
}
