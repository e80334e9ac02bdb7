package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.TcpProxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSocketFactory;

/** An address that leads to another server, while the former one still runs. */
final class ConnectionRenewalTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final RedisServer former = RedisServer.start("--notify-keyspace-events", "AKE");
    private final RedisServer next = RedisServer.start("--notify-keyspace-events", "AKE");
    private final Jedis formerClient = former.connect();
    private final Jedis nextClient = next.connect();
    private final TcpProxy proxy = TcpProxy.to(former.port());
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger connecting = new AtomicInteger();
    private final RedisNode node = node();

    private RedisNode node() {
        var config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .socketTimeoutMillis(Math.toIntExact(TIMEOUT.toMillis()))
                .build();
        JedisSocketFactory sockets = new GuardedSockets(
                new DefaultJedisSocketFactory(new HostAndPort("127.0.0.1", proxy.port()), config), TIMEOUT);
        return new RedisNode(
                "redis",
                () -> {
                    connecting.incrementAndGet();
                    return List.of(sockets);
                },
                config,
                Optional.empty(),
                _ -> {},
                telemetry.connection("default"),
                now::get);
    }

    @BeforeEach
    void start() {
        telemetry.connectionsAre(Set.of("default"));
        nextClient.set("session:1", "x");
    }

    @AfterEach
    void stop() {
        node.close();
        telemetry.close();
        proxy.close();
        formerClient.close();
        nextClient.close();
        former.close();
        next.close();
    }

    @Test
    void theNextServerIsReadAfterSomeMinutes() {
        assertThat(size()).isZero();
        proxy.leadTo(next.port());
        assertThat(size()).isZero();
        assertThat(connecting).hasValue(1);

        passSomeMinutes();

        await().until(() -> size() == 1);
    }

    @Test
    void aServerThatCannotBeReachedAnewIsReadMeanwhile() {
        assertThat(size()).isZero();
        proxy.leadTo(Ports.free());
        passSomeMinutes();

        await().until(() -> {
            assertThat(size()).isZero();
            return connecting.get() == 2;
        });
        assertThat(size()).isZero();

        proxy.leadTo(next.port());
        await().until(() -> {
            passSomeMinutes();
            return size() == 1;
        });
    }

    @Test
    void theEventsOfTheNextServerAreReceived() {
        var heard = new CountedEvents();
        try (var _ = EventSubscription.start(node, 0, heard)) {
            await().until(() -> heard.interruptions() == 1);
            proxy.leadTo(next.port());
            passSomeMinutes();
            formerClient.set("session:1", "x");
            await().until(() -> heard.interruptions() == 3);
            int before = heard.events();

            nextClient.set("session:2", "x");

            await().until(() -> heard.events() > before);
            assertThat(telemetry.connections().getFirst().reconnects()).isZero();
        }
    }

    @Test
    void aSubscriptionWithoutEventsStays() {
        var heard = new CountedEvents();
        try (var _ = EventSubscription.start(node, 0, heard, Duration.ofMillis(20))) {
            await().until(() -> pings() >= 5);

            formerClient.set("session:1", "x");

            await().until(() -> heard.events() > 0);
            assertThat(heard.interruptions()).isEqualTo(1);
            assertThat(connecting).hasValue(1);
        }
    }

    private int pings() {
        Matcher calls = Pattern.compile("cmdstat_ping:calls=(\\d+)").matcher(formerClient.info("commandstats"));
        return calls.find() ? Integer.parseInt(calls.group(1)) : 0;
    }

    private void passSomeMinutes() {
        now.addAndGet(NodePool.RENEWED_AFTER.toNanos() + 1);
    }

    private long size() {
        return node.execute(Commands.DBSIZE);
    }
}
