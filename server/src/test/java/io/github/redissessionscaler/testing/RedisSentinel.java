package io.github.redissessionscaler.testing;

import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import redis.clients.jedis.Jedis;

/** A primary, a replica and one sentinel on loopback. */
public final class RedisSentinel implements AutoCloseable {

    public static final String MASTER = "mymaster";

    private final RedisServer first;
    private final RedisServer second;
    private final RedisServer sentinel;

    private RedisSentinel(RedisServer first, RedisServer second, RedisServer sentinel) {
        this.first = first;
        this.second = second;
        this.sentinel = sentinel;
    }

    /** Starts all three and waits until the sentinel knows the replica and could make it the primary. */
    public static RedisSentinel start() {
        RedisServer first = RedisServer.start();
        RedisServer second = RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(first.port()));
        try {
            Path file = Files.createTempFile("sentinel-", ".conf");
            file.toFile().deleteOnExit();
            Files.writeString(file, """
                sentinel monitor %s 127.0.0.1 %d 1
                sentinel down-after-milliseconds %s 1000
                sentinel failover-timeout %s 3000
                """.formatted(MASTER, first.port(), MASTER, MASTER));
            RedisServer sentinel = RedisServer.startSentinel(file);
            try (Jedis jedis = sentinel.connect();
                    Jedis replica = second.connect()) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> jedis.sentinelReplicas(MASTER).size() == 1);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> replica.info("replication").contains("master_link_status:up"));
            }
            return new RedisSentinel(first, second, sentinel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Node> sentinels() {
        return List.of(new Node("127.0.0.1", sentinel.port()));
    }

    /** The same as a {@code REDIS_URL}. */
    public String url() {
        return "redis-sentinel://127.0.0.1:%d/0#%s".formatted(sentinel.port(), MASTER);
    }

    /** The primary when all started. */
    public RedisServer first() {
        return first;
    }

    /** The replica when all started. */
    public RedisServer second() {
        return second;
    }

    /** Has the sentinel make the replica the primary, and waits until both servers have changed places. */
    public void failOver() {
        try (Jedis jedis = sentinel.connect()) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> jedis.sentinelFailover(MASTER).equals("OK"));
        }
        awaitRole(second, "master");
        awaitRole(first, "slave");
    }

    /** Asks over a new connection each time, since the sentinel has a server drop all of them. */
    private static void awaitRole(RedisServer server, String role) {
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            try (Jedis jedis = server.connect()) {
                return jedis.role().getFirst().equals(role);
            }
        });
    }

    @Override
    public void close() {
        sentinel.close();
        second.close();
        first.close();
    }
}
