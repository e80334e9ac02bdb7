package io.github.redissessionscaler.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Collections;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

final class EmbeddedRedisTest {

    @Test
    void answersUntilItIsClosed() {
        ProcessHandle process;
        try (var redis = EmbeddedRedis.start(0);
                var jedis = new Jedis("127.0.0.1", redis.port())) {
            process = redis.process();
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.configGet("notify-keyspace-events").get("notify-keyspace-events"))
                    .contains("A", "K", "E");
        }
        await().until(() -> !process.isAlive());
    }

    @Test
    void takesSessionsThatEnd() {
        try (var redis = EmbeddedRedis.start(0);
                var jedis = new Jedis("127.0.0.1", redis.port())) {
            redis.addSessions(101);

            assertThat(jedis.dbSize()).isEqualTo(101);
            assertThat(jedis.ttl("session:101")).isPositive();
        }
    }

    /** As at the end of the process: its command and the hook of its end both close it. */
    @Test
    void severalThreadsMayCloseIt() throws Exception {
        var redis = EmbeddedRedis.start(0);
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var closed : threads.invokeAll(Collections.nCopies(8, Executors.callable(redis::close)))) {
                closed.get();
            }
        }
        assertThat(redis.process().isAlive()).isFalse();
    }
}
