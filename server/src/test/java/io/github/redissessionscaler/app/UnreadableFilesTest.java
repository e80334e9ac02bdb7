package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TestCertificates;
import io.grpc.StatusRuntimeException;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;

/**
 * Files that are read again and again become one of several GiB, at which the JDK throws an Error, and then what they should be.
 * Whatever reads them lives on.
 */
final class UnreadableFilesTest {

    private static final Map<String, String> PLAIN = Map.of();
    private static final String CERTIFICATES = "reading the certificates";

    @TempDir
    private Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(InternalErrors.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private TestCertificates certificates;
    private RedisServer redis;

    @BeforeEach
    void start() {
        appender.start();
        logger.addAppender(appender);
        certificates = TestCertificates.in(directory).issue("server").issue("client");
        redis = RedisServer.start(
                "--tls-port", String.valueOf(Ports.free()),
                "--tls-cert-file", certificates.certificate("server").toString(),
                "--tls-key-file", certificates.key("server").toString(),
                "--tls-ca-cert-file", certificates.authority().toString(),
                "--notify-keyspace-events", "AKE");
        try (Jedis jedis = redis.connect()) {
            jedis.aclSetUser("scaler", "on", ">hush", "+@all", "~*", "&*");
        }
    }

    @AfterEach
    void stop() {
        redis.close();
        logger.detachAppender(appender);
    }

    @Test
    void theCertificatesForKeda() throws IOException {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        copy(certificates.certificate("server"), mounted.resolve("tls.crt"));
        copy(certificates.key("server"), mounted.resolve("tls.key"));
        try (var scaler = RunningScaler.with(Map.of(
                "REDIS_ADDRESS", redis.address(),
                "GRPC_TLS_CERT_FILE", mounted.resolve("tls.crt").toString(),
                "GRPC_TLS_KEY_FILE", mounted.resolve("tls.key").toString()))) {
            double expiry = expiry(scaler);

            makeHuge(mounted.resolve("tls.crt"));
            await().until(() -> InternalErrors.counts().getOrDefault(CERTIFICATES, 0L) >= 2);

            assertThat(scaler.scrape()).containsPattern("internal_errors_total\\{task=\"" + CERTIFICATES + "\"} [1-9]");
            assertThat(appender.list.stream()
                            .filter(event ->
                                    String.valueOf(event.getKeyValuePairs()).contains(CERTIFICATES)))
                    .hasSize(1);
            assertThat(expiry(scaler)).isEqualTo(expiry);
            TestCertificates renewed = TestCertificates.in(Files.createDirectory(directory.resolve("renewed")))
                    .issue("server", Algorithm.ecp256, Duration.ofDays(400));
            copy(renewed.key("server"), mounted.resolve("tls.key"));
            copy(renewed.certificate("server"), mounted.resolve("tls.crt"));
            await().until(() -> expiry(scaler) != expiry);
        }
    }

    /** Of calls, of the stream, of a count by pattern. */
    @ParameterizedTest
    @ValueSource(strings = {"ca.crt", "client.crt", "client.key", "password"})
    void theSecretsForRedis(String broken) throws IOException {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        Map<String, Path> files = new HashMap<>(Map.of(
                "ca.crt", certificates.authority(),
                "client.crt", certificates.certificate("client"),
                "client.key", certificates.key("client"),
                "password", Files.writeString(directory.resolve("password"), "hush")));
        for (var file : files.entrySet()) {
            copy(file.getValue(), mounted.resolve(file.getKey()));
        }
        Path config =
                Files.writeString(directory.resolve("config.yaml"), """
                    connections:
                      default:
                        address: 127.0.0.1:PORT
                        username: scaler
                        passwordFile: DIR/password
                        tls: {caFile: DIR/ca.crt, certFile: DIR/client.crt, keyFile: DIR/client.key}
                    """.replace("PORT", String.valueOf(redis.tlsPort()))
                        .replace("DIR", mounted.toString()));
        try (Jedis jedis = redis.connect();
                var scaler = RunningScaler.with(
                        Map.of("CONFIG_FILE", config.toString(), "COUNT_REFRESH", "1s", "PUSH_POLL_MAX", "1s"))) {
            Map<String, String> pattern = Map.of("keyPattern", "session:*");
            Map<String, String> moreThanOne = Map.of("activationSessionSize", "1");
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(moreThanOne), stream);
            jedis.set("session:1", "x");
            await().until(() -> scaler.metric(PLAIN) == 1 && scaler.metric(pattern) == 1);
            await().until(() -> stream.values().equals(List.of(false)));

            makeHuge(mounted.resolve(broken));
            dropConnections(jedis);
            await().ignoreExceptions().until(() -> !appender.list.isEmpty() || isInternal(scaler));
            jedis.set("session:2", "x");
            copy(requireNonNull(files.get(broken)), mounted.resolve(broken));

            await().ignoreExceptions().until(() -> scaler.metric(PLAIN) == 2 && scaler.metric(pattern) == 2);
            await().until(() -> stream.values().getLast());
        }
    }

    private static boolean isInternal(RunningScaler scaler) {
        try {
            double _ = scaler.metric(PLAIN);
            return false;
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getMessage()).contains("internal error");
        }
    }

    private static void dropConnections(Jedis jedis) {
        jedis.sendCommand(() -> "CLIENT".getBytes(US_ASCII), "KILL", "USER", "scaler");
    }

    private static double expiry(RunningScaler scaler) {
        return scaler.scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_grpc_certificate_expiry"))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static void makeHuge(Path file) throws IOException {
        Path huge = file.resolveSibling("huge");
        try (var sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(3L << 30);
        }
        Files.move(huge, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void copy(Path from, Path to) throws IOException {
        Path written = Files.copy(from, to.resolveSibling("new"));
        Files.move(written, to, StandardCopyOption.ATOMIC_MOVE);
    }
}
