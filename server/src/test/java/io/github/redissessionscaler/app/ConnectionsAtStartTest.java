package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;

/** The lines about each connection that the scaler logs when it starts. */
final class ConnectionsAtStartTest {

    @TempDir
    private Path directory;

    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Scaler.class);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event);
        }
    };
    private RedisServer redis;

    @BeforeEach
    void start() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
        redis = RedisServer.start();
        try (Jedis jedis = redis.connect()) {
            jedis.aclSetUser("scaler", "on", ">hush", "+@all", "~*", "&*");
            jedis.aclSetUser("few", "on", ">hush", "+ping", "+dbsize");
        }
    }

    @AfterEach
    void stop() {
        logger.setLevel(null);
        logger.detachAppender(appender);
        redis.close();
    }

    @Test
    void whatIsThere() throws IOException {
        String version;
        try (Jedis jedis = redis.connect()) {
            version = jedis.info("server").replaceAll("(?s).*redis_version:(\\S+).*", "$1");
        }

        List<String> logged = logged("""
            connections:
              default: {address: '%1$s'}
              few: {address: '%1$s', username: few, password: hush}
              shop: {address: '%1$s', username: scaler, password: hush}
            """.formatted(redis.address()), 3);

        assertThat(logged)
                .containsExactlyInAnyOrder(
                        "INFO Connected to Redis connection=\"default\" address=\"%s\" server=\"Redis %s\" user=\"default\""
                                .formatted(redis.address(), version),
                        "INFO Connected to Redis connection=\"few\" address=\"%s\" server=\"unknown\" user=\"few\""
                                .formatted(redis.address()),
                        "INFO Connected to Redis connection=\"shop\" address=\"%s\" server=\"Redis %s\" user=\"scaler\""
                                .formatted(redis.address(), version));
    }

    /** The scaler starts all the same. */
    @Test
    void whatIsWrong() throws IOException {
        try (Jedis jedis = redis.connect();
                RedisServer sentinel = RedisSentinel.startSentinel(redis, 1)) {
            jedis.aclSetUser("default", "resetpass", ">other");
            List<String> logged =
                    logged("""
                        connections:
                          ca: {address: '%1$s', tls: {caFile: %3$s/ca}}
                          gone: {address: 127.0.0.1:%2$d}
                          nopass: {address: '%1$s'}
                          password: {address: '%1$s', username: scaler, passwordFile: %3$s/password}
                          sentinel: {address: '%4$s'}
                          wrong: {address: '%1$s', username: scaler, password: guess}
                        """.formatted(redis.address(), Ports.free(), directory, sentinel.address()), 6);

            assertThat(logged)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("WARN Cannot use Redis yet; the scaler runs and tries again at each request: ")
                            .doesNotContain("hush", "guess"))
                    .anySatisfy(line -> assertThat(line)
                            .contains(directory + "/ca: no such file")
                            .endsWith("connection=\"ca\" reason=\"TLS\""))
                    .anySatisfy(line -> assertThat(line)
                            .contains("connection refused")
                            .endsWith("connection=\"gone\" reason=\"UNREACHABLE\""))
                    .anySatisfy(line -> assertThat(line)
                            .contains("it requires a password; set REDIS_PASSWORD")
                            .endsWith("connection=\"nopass\" reason=\"NOAUTH\""))
                    .anySatisfy(line -> assertThat(line)
                            .contains(directory + "/password", "no such file")
                            .endsWith("connection=\"password\" reason=\"NOAUTH\""))
                    .anySatisfy(line -> assertThat(line)
                            .contains("is a Sentinel, not a Redis server; configure redis-sentinel://")
                            .endsWith("connection=\"sentinel\" reason=\"UNREACHABLE\""))
                    .anySatisfy(line -> assertThat(line)
                            .contains("the user name or the password is wrong")
                            .endsWith("connection=\"wrong\" reason=\"WRONGPASS\""));
        }
    }

    /** The peer is no Redis, another kind of Redis, or has no such database. */
    @Test
    void whatIsNotThere() throws IOException {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.start();
        try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var closing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> closeEach(closing));
            List<String> logged = logged(
                    """
                    connections:
                      closing: {address: '127.0.0.1:%5$d'}
                      cluster: {url: 'redis-cluster://%1$s'}
                      database: {url: 'redis://%1$s/77'}
                      dns: {address: 'no-such-host.invalid'}
                      mute: {address: '127.0.0.1:%3$d'}
                      sentinels: {url: 'redis-sentinel://%1$s/0#main'}
                      socket: {unixSocket: %4$s/redis.sock}
                      tls: {url: 'rediss://%1$s'}
                      user: {address: '%1$s', username: nobody, password: hush}
                      web: {address: '127.0.0.1:%2$d'}
                    """.formatted(
                                    redis.address(),
                                    http.getAddress().getPort(),
                                    mute.getLocalPort(),
                                    directory,
                                    closing.getLocalPort()),
                    10);

            assertThat(logged)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("WARN Cannot use Redis yet; the scaler runs and tries again at each request: ")
                            .doesNotContain("hush"));
            assertThat(problem(logged, "closing")).contains("closed the connection without a reply", "UNREACHABLE");
            assertThat(problem(logged, "cluster")).contains("it is not a cluster node");
            assertThat(problem(logged, "database"))
                    .contains("database index 77 does not exist on " + redis.address() + ", which has 16");
            assertThat(problem(logged, "dns")).contains("has a host name that does not resolve", "DNS");
            assertThat(problem(logged, "mute")).contains("did not answer in time", "TIMEOUT");
            assertThat(problem(logged, "sentinels")).contains("it is not a Sentinel");
            assertThat(problem(logged, "socket"))
                    .contains("Redis at " + directory + "/redis.sock cannot be reached: no such file; check the path of"
                            + " the socket");
            assertThat(problem(logged, "tls")).contains("failed the TLS handshake", "reason=\"TLS\"");
            assertThat(problem(logged, "user")).contains("the user name or the password is wrong", "WRONGPASS");
            assertThat(problem(logged, "web")).containsAnyOf("did not send a Redis reply", "without a reply");
        } finally {
            http.stop(0);
        }
    }

    private static String problem(List<String> logged, String connection) {
        return logged.stream()
                .filter(line -> line.contains("connection=\"" + connection + "\""))
                .findFirst()
                .orElseThrow();
    }

    private static void closeEach(ServerSocket listening) {
        try {
            while (true) {
                listening.accept().close();
            }
        } catch (IOException e) {
            // the test has ended
        }
    }

    /** The lines about connections, when there are that many. */
    private List<String> logged(String configuration, int number) throws IOException {
        Path file = Files.writeString(directory.resolve("config.yaml"), configuration);
        try (var scaler = RunningScaler.with(Map.of("CONFIG_FILE", file.toString()))) {
            scaler.scaler().logConnections();
            await().untilAsserted(() -> assertThat(ofConnections()).hasSize(number));
            return ofConnections();
        }
    }

    private List<String> ofConnections() {
        return lines.stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO) && line.getKeyValuePairs() != null)
                .map(line -> line.getLevel() + " " + line.getFormattedMessage() + " "
                        + String.join(
                                " ",
                                line.getKeyValuePairs().stream()
                                        .map(String::valueOf)
                                        .toList()))
                .toList();
    }
}
