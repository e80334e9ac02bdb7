package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot.ConnectionState;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.testing.ScriptedRedis.Reply;
import io.github.redissessionscaler.trigger.Database;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the failure of one primary of a cluster does to the reads of the others. */
final class FailingPrimaryTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile List<Integer> primaries = List.of();

    @BeforeEach
    void start() {
        telemetry.connectionsAre(Set.of("default"));
    }

    @AfterEach
    void stop() {
        released.countDown();
        telemetry.close();
    }

    @Test
    void aReadThatIsInterruptedBecauseOfItIsNoFailure() {
        try (var failing = primary("SCAN", this::refuseOnceTheOtherIsAsked);
                var healthy = primary("SCAN", client -> hold(client, ":0\r\n"));
                var keyspaces = cluster(failing, healthy)) {
            Keyspace keyspace = keyspaces.of(new Database("default", OptionalInt.empty()));

            KeyspaceException failure = catchThrowableOfType(
                    KeyspaceException.class,
                    () -> InParallel.map(keyspace.shards(), shard -> shard.scan(List.of("0"), 10)));

            assertThat(failure.reason()).isEqualTo(Reason.NOPERM);
            assertThat(connection().state()).isEqualTo(ConnectionState.UP);
            assertThat(connection().failures()).isEqualTo(Map.of("NOPERM", 1L));
            assertThat(connection().lastFailure())
                    .hasValueSatisfying(last -> assertThat(last.message()).contains("127.0.0.1:" + failing.port()));
        }
    }

    private void refuseOnceTheOtherIsAsked(OutputStream client) throws IOException {
        awaitOpen(asked);
        write(client, "-NOPERM this user has no permissions to run the 'scan' command\r\n");
    }

    @Test
    void theConnectionsOfTheOthersStayOpen() {
        Set<OutputStream> connections = ConcurrentHashMap.newKeySet();
        var fails = new AtomicBoolean(true);
        try (var failing = primary("DBSIZE", client -> {
                    awaitOpen(asked);
                    write(client, fails.get() ? "-LOADING\r\n" : ":1\r\n");
                });
                var healthy = primary("DBSIZE", client -> {
                    connections.add(client);
                    hold(client, ":2\r\n");
                });
                var keyspaces = cluster(failing, healthy)) {
            Keyspace keyspace = keyspaces.of(new Database("default", OptionalInt.empty()));

            KeyspaceException failure = catchThrowableOfType(KeyspaceException.class, keyspace::size);
            assertThat(failure.reason()).isEqualTo(Reason.LOADING);
            fails.set(false);
            released.countDown();
            await().until(() -> connection().commands().getOrDefault("DBSIZE", 0L) == 2);

            assertThat(keyspace.size()).isEqualTo(3);
            assertThat(connections).hasSize(1);
        }
    }

    /** Another read has noticed the change already. */
    @Test
    void aReadOfAFormerPrimaryIsRepeatedAtTheNewOne() {
        var reads = new AtomicInteger();
        try (var former = primary("DBSIZE", client -> {
                    if (reads.incrementAndGet() > 1) {
                        write(client, "-LOADING\r\n");
                        return;
                    }
                    asked.countDown();
                    awaitOpen(released);
                    throw new IOException("closed");
                });
                var next = primary("DBSIZE", client -> write(client, ":7\r\n"));
                var keyspaces = cluster(former, next)) {
            primaries = List.of(former.port());
            Keyspace keyspace = keyspaces.of(new Database("default", OptionalInt.empty()));
            keyspace.ping();
            CompletableFuture<Long> early = CompletableFuture.supplyAsync(keyspace::size, Thread::startVirtualThread);
            await().until(() -> asked.getCount() == 0);

            primaries = List.of(next.port());
            await().ignoreExceptions().until(() -> keyspace.size() == 7);
            released.countDown();

            assertThat(early.join()).isEqualTo(7);
        }
    }

    private void hold(OutputStream client, String reply) throws IOException {
        asked.countDown();
        awaitOpen(released);
        write(client, reply);
    }

    private static void awaitOpen(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private static void write(OutputStream client, String reply) throws IOException {
        client.write(reply.getBytes(US_ASCII));
    }

    /** A primary that answers one command in its own way. */
    private ScriptedRedis primary(String command, Reply reply) {
        Function<List<String>, Reply> replies = words -> switch (words.getFirst()) {
            case String word when word.equals(command) -> reply;
            case "CLUSTER" -> client -> write(client, slots());
            default -> client -> write(client, "+OK\r\n");
        };
        return ScriptedRedis.sending(replies);
    }

    /** A reply of CLUSTER SLOTS in which each primary has one range. */
    private String slots() {
        List<Integer> ports = primaries;
        return IntStream.range(0, ports.size())
                .mapToObj(i -> "*3\r\n:%d\r\n:%d\r\n*3\r\n$9\r\n127.0.0.1\r\n:%d\r\n$40\r\n%s\r\n"
                        .formatted(
                                i * 8192,
                                i == ports.size() - 1 ? 16383 : 8191,
                                ports.get(i),
                                String.valueOf(i).repeat(40)))
                .collect(Collectors.joining("", "*" + ports.size() + "\r\n", ""));
    }

    private RedisKeyspaces cluster(ScriptedRedis first, ScriptedRedis second) {
        primaries = List.of(first.port(), second.port());
        var topology = new Topology.Cluster(
                List.of(new Node("127.0.0.1", first.port()), new Node("127.0.0.1", second.port())));
        var connection = new ConnectionConfig("default", topology, 0, Optional.empty(), Optional.empty(), Set.of());
        return new RedisKeyspaces(() -> Map.of("default", connection), TIMEOUT, telemetry);
    }

    private ConnectionSnapshot connection() {
        return telemetry.connections().getFirst();
    }
}
