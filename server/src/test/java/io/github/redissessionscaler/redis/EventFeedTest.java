package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;

/** Listening to events goes on after errors that nobody expects. */
final class EventFeedTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String SUBSCRIBED = "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n";
    private static final String EVENT = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$3\r\nset\r\n";

    private final RedisServer redis = RedisServer.start("--notify-keyspace-events", "AKE");
    private final Jedis client = redis.connect();
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);
    private final Backend backend = backend(redis.port());
    private final FailingListener listener = new FailingListener();

    @BeforeEach
    void start() {
        telemetry.connectionsAre(Set.of("default"));
    }

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

    /** The next event arrives all the same, perhaps over another connection; each is counted, and the first is logged. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0\r\n",
                ":5\r\n",
                "$-1\r\n",
                "*-1\r\n",
                "*1\r\n:1\r\n",
                "*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
                ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$3\r\nset\r\n",
                "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n%1\r\n",
                "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$999999999999\r\n",
                "*100000000\r\n",
                "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
                "\u001b[31mnonsense\r\n"
            })
    void aMalformedMessageIsCountedAndLoggedOnceAndTheNextEventArrives(String malformed) {
        var logger = (Logger) LoggerFactory.getLogger(EventSubscription.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        var subscriptions = new AtomicInteger();
        try (var odd = ScriptedRedis.answering(command -> switch (command.getFirst()) {
                    case "PSUBSCRIBE" ->
                        (SUBSCRIBED + (subscriptions.incrementAndGet() <= 2 ? malformed : "") + EVENT)
                                .getBytes(ISO_8859_1);
                    default -> "+OK\r\n".getBytes(US_ASCII);
                });
                var _ = EventFeed.start(() -> backend(odd.port()), listener)) {
            await().until(() -> listener.events.get() > 0 && listener.interruptions.get() > 0);
            await().until(() -> malformedEvents() > 0);

            assertThat(appender.list.stream()
                            .filter(line -> line.getLevel() == Level.WARN)
                            .map(ILoggingEvent::getFormattedMessage))
                    .singleElement()
                    .asString()
                    .contains("Redis at 127.0.0.1:" + odd.port() + " sent a malformed keyspace event: ")
                    .matches("[ -~]*");
        } finally {
            logger.detachAppender(appender);
        }
    }

    /** They are cheap to read again for, and some proxy may write events in its own way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*3\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n",
                "*1\r\n$8\r\npmessage\r\n",
                "*4\r\n$8\r\npmessage\r\n:1\r\n:2\r\n*0\r\n",
                "*4\r\n$8\r\npmessage\r\n$7\r\nanother\r\n$7\r\nchannel\r\n$3\r\nset\r\n"
            })
    void aMessageOfTheRightKindIsAnEventWhateverItSays(String event) {
        try (var odd = ScriptedRedis.answering(Map.of("PSUBSCRIBE", (SUBSCRIBED + event).getBytes(US_ASCII)));
                var _ = EventFeed.start(() -> backend(odd.port()), listener)) {
            await().until(() -> listener.events.get() > 0);

            assertThat(malformedEvents()).isZero();
        }
    }

    /** A payload takes no more memory than the limit of a reply, and messages of another kind are no events. */
    @Test
    void aHugePayloadAndMessagesOfOtherKindsDoNotDisturbTheNextEvent() {
        String huge = "x".repeat(3_000_000);
        String event = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$" + huge.length() + "\r\n" + huge + "\r\n";
        String others = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n+PONG\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n";
        try (var odd = ScriptedRedis.answering(
                        Map.of("PSUBSCRIBE", (SUBSCRIBED + others + event + EVENT).getBytes(US_ASCII)));
                var _ = EventFeed.start(() -> backend(odd.port()), listener)) {
            await().until(() -> listener.events.get() == 2);

            assertThat(malformedEvents()).isZero();
            assertThat(telemetry.connections().getFirst().connects()).isEqualTo(1);
        }
    }

    private long malformedEvents() {
        return telemetry.connections().getFirst().failures().getOrDefault("OTHER", 0L);
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
                new StandaloneLookup(NodeFactory.of(connection, Identities.ofThisMachine(TIMEOUT), 0, TIMEOUT, stats)
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
