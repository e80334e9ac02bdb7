package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** A connection that leads to a replica whose data are not those of its primary. */
final class CheckReplicaTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(LayoutMonitor.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private RedisServer replica;
    private Jedis jedis;

    @BeforeEach
    void start() {
        replica = RedisServer.start();
        jedis = replica.connect();
        jedis.set("sess:x", "x", SetParams.setParams().ex(1800));
        logged.start();
        logger.addAppender(logged);
        logger.setLevel(Level.WARN);
    }

    @AfterEach
    void stop() {
        logger.setLevel(null);
        logger.detachAppender(logged);
        jedis.close();
        replica.close();
        Logging.use(LogFormat.TEXT, "warn");
    }

    @Test
    void checkAndLogSayThatItStillCopies() {
        try (var primary = ScriptedRedis.primaryThatSendsNoData()) {
            jedis.replicaof("127.0.0.1", primary.port());
            await().until(() -> jedis.info("replication").contains("master_sync_in_progress:1"));

            assertWarned("a replica that still copies the data of its primary");
        }
    }

    @Test
    void checkAndLogSayThatItsPrimaryDoesNotAnswer() throws IOException {
        try (var primary = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            jedis.replicaof("127.0.0.1", primary.getLocalPort());
            await().until(() -> jedis.info("replication").contains("master_link_status:down"));

            assertWarned("a replica that has lost its primary");
        }
    }

    private void assertWarned(String warning) {
        try (var scaler = RunningScaler.onPort(replica.port())) {
            assertThat(scaler.metric(Map.of("preset", "express"))).isEqualTo(1);
            await().untilAsserted(() -> assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .asString()
                    .contains(warning));
            assertWarned(
                    warning,
                    CommandRun.of(
                            "check",
                            "--scaler",
                            "127.0.0.1:" + scaler.scaler().grpcPort(),
                            "--metadata",
                            "preset=express"));
        }
        assertWarned(warning, CommandRun.of("check", "--redis", replica.address(), "--metadata", "preset=express"));
    }

    private static void assertWarned(String warning, CommandRun check) {
        assertThat(check.out()).startsWith("Warning: Redis at 127.0.0.1:").contains(warning);
        assertThat(check.status()).isEqualTo(CheckResult.DOUBTFUL);
    }
}
