package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.identity.Identities;
import io.github.redissessionscaler.keyspace.KeyspaceEvents.Listener;
import io.github.redissessionscaler.redis.RedisKeyspace.Backend;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.ScriptedRedis;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Listening to events goes on after errors that nobody expects. */
final class EventFeedTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final RedisServer redis = RedisServer.start("--notify-keyspace-events", "AKE");
    private final Jedis client = redis.connect();
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);
    private final Backend backend = backend(redis.port());
    private final FailingListener listener = new FailingListener();

    @AfterEach
    void stop() {
        backend.servers().close();
        telemetry.close();
        client.close();
        redis.close();
    }

    @Test
    void aListenerThatThrowsErrorsIsCalledAgain() {
        // of a connection that is made and lost for it, both calls fail, twice
        listener.failures.set(4);
        try (var _ = EventFeed.start(() -> backend, listener)) {
            await().until(() -> listener.failures.get() == 0 && listener.interruptions.get() > 0);
            awaitEvent();

            listener.failures.set(1);
            await().until(() -> {
                client.set("session:1", "x");
                return listener.failures.get() == 0;
            });

            awaitEvent();
        }
    }

    @Test
    void primariesAreLookedUpAgainAfterAnError() {
        var failures = new AtomicInteger(1);
        try (var _ = EventFeed.start(
                () -> {
                    throwOne(failures);
                    return backend;
                },
                listener)) {
            awaitEvent();
        }
    }

    @Test
    void aMessageWithoutAKindIsPassedOver() {
        String event = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$3\r\nset\r\n";
        try (var odd = ScriptedRedis.answering(
                        Map.of("PSUBSCRIBE", ("*0\r\n*0\r\n:5\r\n$-1\r\n" + event).getBytes(US_ASCII)));
                var _ = EventFeed.start(() -> backend(odd.port()), listener)) {
            await().until(() -> listener.events.get() > 0);
        }
    }

    private void awaitEvent() {
        int before = listener.events.get();
        await().until(() -> {
            client.set("session:1", "x");
            return listener.events.get() > before;
        });
    }

    private static void throwOne(AtomicInteger left) {
        if (left.getAndUpdate(failures -> Math.max(0, failures - 1)) > 0) {
            throw new StackOverflowError();
        }
    }

    private Backend backend(int port) {
        var node = new Node("127.0.0.1", port);
        var connection = new ConnectionConfig(
                "default", new Topology.Standalone(node), 0, Optional.empty(), Optional.empty(), Set.of());
        var stats = telemetry.connection("default");
        return new Backend(
                connection,
                0,
                new StandaloneLookup(Connector.of(connection, Identities.ofThisMachine(TIMEOUT), 0, TIMEOUT, stats)
                        .server(node)),
                stats);
    }

    private static final class FailingListener implements Listener {

        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger events = new AtomicInteger();
        private final AtomicInteger interruptions = new AtomicInteger();

        @Override
        public void event() {
            throwOne(failures);
            events.incrementAndGet();
        }

        @Override
        public void interrupted() {
            throwOne(failures);
            interruptions.incrementAndGet();
        }
    }
}
