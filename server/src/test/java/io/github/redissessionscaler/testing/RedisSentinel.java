package io.github.redissessionscaler.testing;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.config.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;

/** A primary, a replica and their sentinels on loopback. */
public final class RedisSentinel implements AutoCloseable {

    public static final String MASTER = "mymaster";

    private final RedisServer first;
    private final RedisServer second;
    private final List<RedisServer> sentinels;

    private RedisSentinel(RedisServer first, RedisServer second, List<RedisServer> sentinels) {
        this.first = first;
        this.second = second;
        this.sentinels = List.copyOf(sentinels);
    }

    /** Starts them with one sentinel, and waits until it knows the replica and could make it the primary. */
    public static RedisSentinel start() {
        return start(1);
    }

    /** The same with so many sentinels, most of which must agree to a failover. */
    public static RedisSentinel start(int sentinels) {
        RedisServer first = RedisServer.start();
        RedisServer second = RedisServer.start("--replicaof", "127.0.0.1", String.valueOf(first.port()));
        List<RedisServer> started = new ArrayList<>();
        for (int i = 0; i < sentinels; i++) {
            started.add(startSentinel(first, sentinels / 2 + 1));
        }
        for (RedisServer sentinel : started) {
            try (Jedis jedis = sentinel.connect();
                    Jedis replica = second.connect()) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> jedis.sentinelReplicas(MASTER).size() == 1
                                && jedis.sentinelSentinels(MASTER).size() == sentinels - 1);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> replica.info("replication").contains("master_link_status:up"));
            }
        }
        return new RedisSentinel(first, second, started);
    }

    /** A sentinel that names this server until it hears of a failover, which it does from the servers and other sentinels. */
    public static RedisServer startSentinel(RedisServer primary, int quorum) {
        try {
            Path file = Files.createTempFile("sentinel-", ".conf");
            file.toFile().deleteOnExit();
            Files.writeString(file, """
                sentinel monitor %s 127.0.0.1 %d %d
                sentinel down-after-milliseconds %s 1000
                sentinel failover-timeout %s 3000
                """.formatted(MASTER, primary.port(), quorum, MASTER, MASTER));
            return RedisServer.startSentinel(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Node> sentinels() {
        return sentinels.stream()
                .map(server -> new Node("127.0.0.1", server.port()))
                .toList();
    }

    /** The same as a {@code REDIS_URL}. */
    public String url() {
        return "redis-sentinel://%s/0#%s"
                .formatted(sentinels().stream().map(Node::toString).collect(joining(",")), MASTER);
    }

    public RedisServer sentinel(int index) {
        return sentinels.get(index);
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
        try (Jedis jedis = sentinels.getFirst().connect()) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> jedis.sentinelFailover(MASTER).equals("OK"));
        }
        awaitRole(second, "master");
        awaitRole(first, "slave");
    }

    /** Waits until the replica has become the primary. */
    public void awaitFailOver() {
        awaitRole(second, "master");
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
        sentinels.forEach(RedisServer::close);
        second.close();
        first.close();
    }
}
