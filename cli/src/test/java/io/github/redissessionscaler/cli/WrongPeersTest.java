package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricSpecResponse;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.testing.TestCertificates;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** {@code check} at an address where something else is than the Redis that the configuration takes it for. */
final class WrongPeersTest {

    @TempDir
    private Path directory;

    @AfterAll
    static void logAsBefore() {
        Logging.use(LogFormat.TEXT, "warn");
    }

    @Test
    void aServerThatWantsTls() {
        try (var redis = redisWithTls()) {
            assertThat(unavailable("127.0.0.1:" + redis.tlsPort()))
                    .containsAnyOf("expects TLS", "closed the connection without a reply")
                    .contains("rediss://", "tls: {}");
        }
    }

    @Test
    void aServerWithoutTls() {
        try (var redis = RedisServer.start()) {
            assertThat(unavailable("rediss://" + redis.address(), 2))
                    .contains("Redis at " + redis.address() + " failed the TLS handshake: ")
                    .containsAnyOf("if this port does not use TLS, use redis://", "it replied without TLS");
        }
    }

    @Test
    void aServerThatDoesNotReplyToTlsIsTriedOnce() throws IOException {
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<Socket> connections = new CopyOnWriteArrayList<>();
            Thread.startVirtualThread(() -> keepEach(listening, connections));

            assertThat(unavailable("rediss://127.0.0.1:" + listening.getLocalPort(), 2))
                    .contains("if this port does not use TLS, use redis://");
            assertThat(connections).hasSize(1);
        }
    }

    private static void keepEach(ServerSocket listening, List<Socket> connections) {
        try {
            while (true) {
                connections.add(listening.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void aCertificateOfAnUnknownAuthority() {
        try (var redis = redisWithTls()) {
            assertThat(unavailable("rediss://127.0.0.1:" + redis.tlsPort()))
                    .contains("issued by an unknown authority", "tls.caFile");
        }
    }

    @Test
    void aWebServer() throws IOException {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.start();
        try {
            assertThat(unavailable("127.0.0.1:" + http.getAddress().getPort()))
                    .containsAnyOf("did not send a Redis reply", "closed the connection without a reply")
                    .contains("TLS");
        } finally {
            http.stop(0);
        }
        try (var answering = ScriptedRedis.answering(
                Map.of("DBSIZE", "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(unavailable("127.0.0.1:" + answering.port()))
                    .contains("did not send a Redis reply; give the address of a Redis server");
        }
    }

    @Test
    void oneThatClosesEveryConnection() throws IOException {
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> closeEach(listening));

            assertThat(unavailable("127.0.0.1:" + listening.getLocalPort()))
                    .contains("closed the connection without a reply", "if it is a proxy, it may not know the command");
        }
    }

    private static void closeEach(ServerSocket listening) {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.startVirtualThread(() -> closeAfterRequest(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void closeAfterRequest(Socket client) {
        try (client) {
            int _ = client.getInputStream().read(new byte[4096]);
        } catch (IOException e) {
            // gone
        }
    }

    @Test
    void aSentinel() {
        try (var sentinel = RedisSentinel.start()) {
            String address = sentinel.sentinels().getFirst().toString();

            assertThat(unavailable(address))
                    .contains("Redis at " + address + " is a Sentinel, not a Redis server")
                    .contains("redis-sentinel://" + address + "/0#mymaster");
        }
    }

    @Test
    void oneNodeOfACluster() {
        try (var cluster = RedisCluster.start(3, false)) {
            String node = cluster.nodes().getFirst().toString();
            String warning = "Redis at " + node + " is one node of a Redis Cluster, and only its own keys are counted";
            String url = "redis-cluster://" + node;

            CommandRun run = CommandRun.of("check", "--redis", node);
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.out()).startsWith("Warning: " + warning).contains(url);
            CommandRun json = CommandRun.of("check", "--redis", node, "--output", "json");
            assertThat(json.status()).isEqualTo(3);
            assertThat(json.out()).contains("\"advice\"", warning);
            for (String rules : List.of("+dbsize", "+dbsize +cluster|slots", "+dbsize +type ~*")) {
                try (var jedis = cluster.primary(0).connect()) {
                    List<String> all = new ArrayList<>(List.of("reset", "on", ">secret", "+ping"));
                    all.addAll(List.of(rules.split(" ")));
                    jedis.aclSetUser("scaler", all.toArray(String[]::new));
                }
                assertThat(CommandRun.of("check", "--redis", "redis://scaler:secret@" + node)
                                .status())
                        .as(rules)
                        .isEqualTo(rules.equals("+dbsize") ? 0 : 3);
            }
            assertThatAScalerWarns(node, Map.of(), warning);
            assertThat(CommandRun.of("check", "--redis", url).status()).isZero();
        }
    }

    @Test
    void oneOfWhichScanEndsEarly() {
        try (var redis = scanning(1_000, 3_000)) {
            assertDoubtful(
                    redis,
                    "SCAN of 127.0.0.1:" + redis.port() + " returned about 30 % of the keys that DBSIZE counts",
                    "probably too low");
        }
    }

    @Test
    void oneOfWhichScanReturnsManyMoreKeysThanItSaysThatItHas() {
        // 400 %, with a standard error of 1.6 %: different keys are estimated
        try (var redis = scanning(1_000, 250)) {
            assertDoubtful(
                    redis, "SCAN of 127.0.0.1:" + redis.port() + " returned about 390 %", "one of the two is wrong");
        }
    }

    /** A server of which a whole scan is one page, and of which DBSIZE is a number of its own. */
    private static ScriptedRedis scanning(int scanned, int size) {
        var page = new StringBuilder("*2\r\n$1\r\n0\r\n*").append(scanned).append("\r\n");
        for (int i = 0; i < scanned; i++) {
            page.append("$8\r\nsess:%03d\r\n".formatted(i));
        }
        return ScriptedRedis.answering(Map.of(
                "SCAN", page.toString().getBytes(StandardCharsets.US_ASCII),
                "DBSIZE", ":%d\r\n".formatted(size).getBytes(StandardCharsets.US_ASCII),
                "INFO", "$0\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "PTTL", ":1800000\r\n".getBytes(StandardCharsets.US_ASCII),
                "TYPE", "+string\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    private static void assertDoubtful(ScriptedRedis redis, String warning, String consequence) {
        String address = "127.0.0.1:" + redis.port();
        String pattern = "keyPattern=sess:*";
        CommandRun run = CommandRun.of("check", "--redis", address, "--metadata", pattern);
        assertThat(run.status()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(run.out()).contains("Warning: " + warning, consequence);
        CommandRun json = CommandRun.of("check", "--redis", address, "--metadata", pattern, "--output", "json");
        assertThat(json.status()).isEqualTo(3);
        assertThat(json.out()).contains("\"advice\"", warning);
        assertThatAScalerWarns(address, Map.of("keyPattern", "sess:*"), warning);
    }

    /** On the page, and in the log: one line for each trigger that counts there. */
    private static void assertThatAScalerWarns(String address, Map<String, String> trigger, String warning) {
        var logger = (Logger) LoggerFactory.getLogger(LayoutMonitor.class);
        var lines = new CopyOnWriteArrayList<ILoggingEvent>();
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent line) {
                lines.add(line);
            }
        };
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.WARN);
        try (var scaler = RunningScaler.with(Map.of("REDIS_ADDRESS", address))) {
            scaler.metric(trigger);
            await().until(() -> scaler.get("/api/status").body().contains(warning));
            scaler.metric(trigger);
            scaler.isActive(trigger);

            assertThat(lines.stream().filter(line -> line.getFormattedMessage().contains(warning)))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.getLevel()).isEqualTo(Level.WARN);
                        assertThat(String.valueOf(line.getKeyValuePairs()))
                                .contains("connection=\"default\"", "counts=");
                    });
        } finally {
            logger.setLevel(null);
            logger.detachAppender(appender);
        }
    }

    @Test
    void aWrongPasswordLeavesTheRightsUnknown() {
        try (var redis = RedisServer.start("--databases", "2")) {
            try (var jedis = redis.connect()) {
                jedis.configSet("requirepass", "secret");
            }
            for (String address : List.of(redis.address(), "redis://:wrong@" + redis.address())) {
                assertThat(unavailable(address))
                        .startsWith("No count from Redis: " + (address.contains("wrong") ? "WRONGPASS" : "NOAUTH"))
                        .contains("0, because there is no count from Redis", "1, from 1 now: what KEDA and the HPA do")
                        .doesNotContain("ACL rules", "sessions  ", "cost", "the value needs");
            }
        }
    }

    @Test
    void aServerThatIsGivenAsAClusterOrAsASentinel() {
        try (var redis = RedisServer.start();
                var sentinel = RedisSentinel.start()) {
            assertThat(unavailable("redis-cluster://" + redis.address())).contains("it is not a cluster node");
            assertThat(unavailable("redis-sentinel://" + redis.address() + "/0#mymaster"))
                    .contains("it is not a Sentinel; give the address of the sentinels");
            assertThat(unavailable("redis-sentinel://" + sentinel.sentinels().getFirst() + "/0#other"))
                    .contains("knows no primary named other; give the name that the sentinels use");
        }
    }

    @Test
    void aRedisThatIsCalledAsAScaler() {
        try (var redis = RedisServer.start()) {
            CommandRun run = CommandRun.of("check", "--scaler", redis.address());

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).contains("does not reply with HTTP/2; use the address of its GRPC_PORT");
        }
    }

    @Test
    void aScalerOfAnotherMakeThatSetsOnlyIntegers() throws IOException {
        CommandRun run = checkOf(Optional.of(100), Optional.of(250));

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("value +250\n")
                .containsPattern("target +100 per replica\n")
                .contains("wanted replicas    3, from 1 now");
    }

    @Test
    void aScalerOfAnotherMakeWithoutAMetric() throws IOException {
        CommandRun noSpec = checkOf(Optional.empty(), Optional.of(250));
        assertThat(noSpec.status()).isEqualTo(1);
        assertThat(noSpec.err())
                .startsWith("check: the scaler at 127.0.0.1:")
                .contains("returned no metric to GetMetricSpec; KEDA cannot use it");
        assertThat(checkOf(Optional.of(100), Optional.empty()).err()).contains("returned no metric to GetMetrics;");
        CommandRun noTarget = checkOf(Optional.of(0), Optional.of(250));
        assertThat(noTarget.status()).isEqualTo(1);
        assertThat(noTarget.err()).contains("returned a target of 0, which must be more than 0");
    }

    /** The check of a scaler that answers with these integers. */
    @SuppressWarnings("deprecation") // as scalers for KEDA before 2.17 do
    private static CommandRun checkOf(Optional<Integer> target, Optional<Integer> value) throws IOException {
        var specs = GetMetricSpecResponse.newBuilder();
        target.ifPresent(size -> specs.addMetricSpecs(
                MetricSpec.newBuilder().setMetricName("jobs").setTargetSize(size)));
        var values = GetMetricsResponse.newBuilder();
        value.ifPresent(number -> values.addMetricValues(
                MetricValue.newBuilder().setMetricName("jobs").setMetricValue(number)));
        var scaler = new ExternalScalerGrpc.ExternalScalerImplBase() {
            @Override
            public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> answer) {
                answer.onNext(specs.build());
                answer.onCompleted();
            }

            @Override
            public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> answer) {
                answer.onNext(values.build());
                answer.onCompleted();
            }

            @Override
            public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> answer) {
                answer.onNext(IsActiveResponse.newBuilder().setResult(true).build());
                answer.onCompleted();
            }
        };
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(scaler)
                .build()
                .start();
        try {
            return CommandRun.of("check", "--scaler", "127.0.0.1:" + server.getPort());
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void nobody() {
        assertThat(unavailable("127.0.0.1:" + Ports.free())).contains("cannot be reached: connection refused");
    }

    @Test
    void aPasswordFileThatCannotBeUsed() throws IOException {
        try (var redis = RedisServer.start()) {
            try (var jedis = redis.connect()) {
                jedis.configSet("requirepass", "open sesame ");
            }
            Path file = directory.resolve("password");
            assertThat(unavailable(config(redis.address(), "passwordFile: FILE", file)))
                    .contains("NOAUTH", "the password file " + file + " cannot be read: no such file");
            Files.createDirectory(file);
            assertThat(unavailable(config(redis.address(), "passwordFile: FILE", file)))
                    .contains("NOAUTH", "the password file " + file + " cannot be read: it is a directory");
            Files.delete(file);
            Files.writeString(file, "\n");
            assertThat(unavailable(config(redis.address(), "passwordFile: FILE", file)))
                    .contains("NOAUTH", "the password file " + file + " is empty");
            Files.writeString(file, "open sesame");
            assertThat(unavailable(config(redis.address(), "passwordFile: FILE", file)))
                    .contains("WRONGPASS", "a space at either end is part of it");
            for (String content : new String[] {"open sesame ", "open sesame \r\n", "\uFEFFopen sesame \n"}) {
                Files.writeString(file, content);
                CommandRun run =
                        CommandRun.of("check", "--config", config(redis.address(), "passwordFile: FILE", file));
                assertThat(run.status()).as(run.out()).isZero();
            }
        }
    }

    @Test
    void certificatesThatCannotBeUsed() throws IOException {
        try (var redis = redisWithTls()) {
            String address = "127.0.0.1:" + redis.tlsPort();
            Path file = directory.resolve("none");
            assertThat(unavailable(config(address, "tls: {caFile: FILE}", file)))
                    .contains("TLS", file + ": no such file")
                    .doesNotContain("java.");
            Files.writeString(file, "something else");
            assertThat(unavailable(config(address, "tls: {caFile: FILE}", file)))
                    .contains("TLS", file + " contains no PEM certificate");
        }
    }

    private RedisServer redisWithTls() {
        TestCertificates certificates = TestCertificates.in(directory).issue("server");
        return RedisServer.start(
                "--tls-port", String.valueOf(Ports.free()),
                "--tls-cert-file", certificates.certificate("server").toString(),
                "--tls-key-file", certificates.key("server").toString(),
                "--tls-ca-cert-file", certificates.authority().toString(),
                "--tls-auth-clients", "no");
    }

    private String config(String address, String settings, Path file) {
        try {
            return Files.writeString(
                            directory.resolve("config.yaml"),
                            "connections: {default: {address: %s, %s}}"
                                    .formatted(address, settings.replace("FILE", file.toString())))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is said of a Redis at this address, or of that of this configuration file, which gives no count. */
    private static String unavailable(String addressOrFile) {
        return unavailable(addressOrFile, 30);
    }

    /** The same, which waits for an answer so many seconds: where none comes, to its end. */
    private static String unavailable(String addressOrFile, int seconds) {
        CommandRun run = CommandRun.of(
                "check",
                addressOrFile.endsWith(".yaml") ? "--config" : "--redis",
                addressOrFile,
                "--timeout",
                String.valueOf(seconds));
        assertThat(run.status()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.out()).doesNotContain("Could not get a resource", "java.");
        return run.out();
    }
}
