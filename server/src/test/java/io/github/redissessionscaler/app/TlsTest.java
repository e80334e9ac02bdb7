package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TestCertificates;
import io.github.redissessionscaler.tls.Pem;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS and mutual TLS to KEDA, with certificates that are renewed while the scaler runs. */
final class TlsTest {

    private static final Map<String, String> PLAIN = Map.of();

    @TempDir
    private Path directory;

    private RedisServer redis;
    private TestCertificates certificates;
    private final List<ManagedChannel> channels = new ArrayList<>();

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        certificates = TestCertificates.in(directory).issue("server").issue("client");
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        redis.close();
    }

    @Test
    void kedaSpeaksTls() throws IOException {
        try (var scaler = RunningScaler.with(environment(false))) {
            assertThat(isActive(channel(scaler, Optional.empty()))).isTrue();
        }
    }

    @Test
    void withAnAuthorityForClientsOnlyTheirCertificatesAreAnswered() throws IOException {
        TestCertificates strangers = TestCertificates.in(Files.createDirectory(directory.resolve("strangers")))
                .issue("client");
        try (var scaler = RunningScaler.with(environment(true))) {
            assertThat(isActive(channel(scaler, Optional.of(certificates)))).isTrue();
            assertThatThrownBy(() -> isActive(channel(scaler, Optional.empty())))
                    .isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> isActive(channel(scaler, Optional.of(strangers))))
                    .isInstanceOf(StatusRuntimeException.class);
        }
    }

    @Test
    void whoIsRefusedIsCountedByTheReason() throws IOException {
        TestCertificates strangers = TestCertificates.in(
                        Files.createDirectory(directory.resolve("strangers")), "another authority")
                .issue("client");
        try (var scaler = RunningScaler.with(environment(true))) {
            assertRefused(() -> scaler.isActive(PLAIN), scaler, "NO_TLS");
            assertRefused(() -> isActive(channel(scaler, Optional.empty())), scaler, "NO_CERTIFICATE");
            assertRefused(() -> isActive(channel(scaler, certificates, strangers)), scaler, "UNKNOWN_AUTHORITY");
            assertRefused(() -> isActive(channel(scaler, strangers, certificates)), scaler, "DISTRUST");
            certificates.issue("client", Algorithm.ecp256, Duration.ofDays(-1));
            assertRefused(() -> isActive(channel(scaler, Optional.of(certificates))), scaler, "NOT_VALID_NOW");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionThatIsResumedDoesNotOutliveTheTrustInItsAuthority(String version) throws Exception {
        try (var scaler = RunningScaler.with(environment(true))) {
            var client = new ResumingClient(scaler, version);
            client.connectAndResume();
            TestCertificates renewed = TestCertificates.in(Files.createDirectory(directory.resolve("renewed")));
            replace(renewed.authority(), certificates.authority());

            client.assertRefusedWhenItResumes("UNKNOWN_AUTHORITY");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionThatIsResumedDoesNotOutliveItsCertificate(String version) throws Exception {
        certificates.issue("client", Algorithm.ecp256, Duration.ofSeconds(20));
        try (var scaler = RunningScaler.with(environment(true))) {
            var client = new ResumingClient(scaler, version);
            client.connectAndResume();

            client.assertRefusedWhenItResumes("NOT_VALID_NOW");
        }
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndOpenStreamsStay() throws IOException {
        Map<String, String> environment = environment(true);
        try (var scaler = RunningScaler.with(environment)) {
            var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
            ManagedChannel first = channel(scaler, Optional.of(certificates));
            ExternalScalerGrpc.newStub(first).streamIsActive(RunningScaler.ref(PLAIN), stream);
            await().until(() -> stream.values().equals(List.of(true)));

            TestCertificates renewed = TestCertificates.in(Files.createDirectory(directory.resolve("renewed")))
                    .issue("server")
                    .issue("client");
            replace(renewed.authority(), certificates.authority());
            replace(renewed.key("server"), certificates.key("server"));
            replace(renewed.certificate("server"), certificates.certificate("server"));

            await().ignoreExceptions().until(() -> isActive(channel(scaler, Optional.of(renewed))));
            assertThat(stream.end()).isEmpty();
            assertThat(isActive(first)).isTrue();
        }
    }

    @Test
    void aMountedSecretThatIsReplacedIsFollowedThroughItsSymbolicLinks() throws IOException {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        mount(mount, "v1", certificates);
        for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
            Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
        Map<String, String> environment = Map.of(
                "REDIS_ADDRESS", redis.address(),
                "GRPC_TLS_CERT_FILE", mount.resolve("tls.crt").toString(),
                "GRPC_TLS_KEY_FILE", mount.resolve("tls.key").toString(),
                "GRPC_TLS_CLIENT_CA_FILE", mount.resolve("ca.crt").toString());
        try (var scaler = RunningScaler.with(environment)) {
            ManagedChannel first = channel(scaler, Optional.of(certificates));
            assertThat(isActive(first)).isTrue();

            TestCertificates renewed = TestCertificates.in(Files.createDirectory(directory.resolve("renewed")))
                    .issue("server")
                    .issue("client");
            mount(mount, "v2", renewed);

            await().ignoreExceptions().until(() -> isActive(channel(scaler, Optional.of(renewed))));
            assertThat(isActive(first)).isTrue();
        }
    }

    @Test
    void theMetricsGiveExpiryAndLifetimeOfTheCertificateInUse() throws Exception {
        try (var scaler = RunningScaler.with(environment(false))) {
            assertThat(scaler.scrape()).contains(expiryAndLifetime());

            certificates.issue("server", Algorithm.ecp256, Duration.ofDays(1));
            List<String> renewed = expiryAndLifetime();
            await().untilAsserted(() -> assertThat(scaler.scrape()).contains(renewed));
        }
    }

    private List<String> expiryAndLifetime() throws Exception {
        X509Certificate certificate =
                Pem.certificates(certificates.certificate("server")).getFirst();
        Instant expiry = certificate.getNotAfter().toInstant();
        Duration lifetime = Duration.between(certificate.getNotBefore().toInstant(), expiry);
        return List.of(
                "redis_session_scaler_grpc_certificate_expiry_timestamp_seconds " + (double) expiry.getEpochSecond(),
                "redis_session_scaler_grpc_certificate_lifetime_seconds " + (double) lifetime.toSeconds());
    }

    @Test
    void aCertificateThatIsBrokenLaterChangesNothing() throws IOException {
        try (var scaler = RunningScaler.with(environment(false))) {
            Files.writeString(certificates.certificate("server"), "no certificate");
            await().until(() -> scaler.scrape().contains("redis_session_scaler_grpc_certificate_refused 1.0"));

            assertThat(isActive(channel(scaler, Optional.empty()))).isTrue();
        }
    }

    @Test
    void aBrokenCertificateAtTheStartIsOneClearError() throws IOException {
        Files.writeString(certificates.key("server"), "no key");

        assertThatThrownBy(() -> RunningScaler.with(environment(false)).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("GRPC_TLS_KEY_FILE")
                .hasMessageContaining("server.key contains no unencrypted PEM private key");
    }

    private Map<String, String> environment(boolean mutual) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "REDIS_ADDRESS", "127.0.0.1:" + redis.port(),
                "GRPC_TLS_CERT_FILE", certificates.certificate("server").toString(),
                "GRPC_TLS_KEY_FILE", certificates.key("server").toString()));
        if (mutual) {
            environment.put("GRPC_TLS_CLIENT_CA_FILE", certificates.authority().toString());
        }
        return environment;
    }

    private static void assertRefused(ThrowingCallable call, RunningScaler scaler, String reason) {
        assertThatThrownBy(call).isInstanceOf(StatusRuntimeException.class).hasMessageContaining("UNAVAILABLE");
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_grpc_handshakes_refused_total{reason=\"" + reason + "\"} 1.0"));
    }

    /**
     * A client that makes a new connection for each call, and resumes its session of TLS where the server lets it. It looks at
     * the server's certificate in a whole handshake alone, and counts how often it does.
     */
    private final class ResumingClient {

        private final RunningScaler scaler;
        private final AtomicInteger wholeHandshakes = new AtomicInteger();
        private final SslContext context;

        ResumingClient(RunningScaler scaler, String version) throws IOException {
            this.scaler = scaler;
            context = GrpcSslContexts.forClient()
                    .protocols(version)
                    .trustManager(new TrustsAll(wholeHandshakes))
                    .keyManager(
                            certificates.certificate("client").toFile(),
                            certificates.key("client").toFile())
                    .build();
        }

        void connectAndResume() {
            assertThat(call()).isTrue();
            assertThat(call()).isTrue();
            assertThat(wholeHandshakes).as("the second connection has resumed").hasValue(1);
        }

        /** Resumes until it is refused; what follows after the refusal is a whole handshake again. */
        void assertRefusedWhenItResumes(String reason) {
            await().atMost(Duration.ofMinutes(1)).until(() -> !isAnswered());

            assertThat(wholeHandshakes)
                    .as("the connection that was refused has resumed")
                    .hasValue(1);
            await().untilAsserted(() -> assertThat(scaler.scrape())
                    .contains("redis_session_scaler_grpc_handshakes_refused_total{reason=\"" + reason + "\"} 1.0"));
        }

        private boolean isAnswered() {
            try {
                return call();
            } catch (StatusRuntimeException e) {
                return false;
            }
        }

        private boolean call() {
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", scaler.scaler().grpcPort())
                    .sslContext(context)
                    .disableRetry()
                    .build();
            try {
                return isActive(channel);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {

        private final AtomicInteger calls;

        TrustsAll(AtomicInteger calls) {
            this.calls = calls;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            calls.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            calls.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            calls.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A client that trusts the authority of its own certificate, or that of the server if it has none. */
    private ManagedChannel channel(RunningScaler scaler, Optional<TestCertificates> client) throws IOException {
        return channel(scaler, client.orElse(certificates), client);
    }

    private ManagedChannel channel(RunningScaler scaler, TestCertificates trusted, TestCertificates client)
            throws IOException {
        return channel(scaler, trusted, Optional.of(client));
    }

    private ManagedChannel channel(RunningScaler scaler, TestCertificates trusted, Optional<TestCertificates> client)
            throws IOException {
        var credentials = TlsChannelCredentials.newBuilder()
                .trustManager(trusted.authority().toFile());
        if (client.isPresent()) {
            credentials.keyManager(
                    client.get().certificate("client").toFile(),
                    client.get().key("client").toFile());
        }
        ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1", scaler.scaler().grpcPort(), credentials.build())
                .build();
        channels.add(channel);
        return channel;
    }

    private static boolean isActive(ManagedChannel channel) {
        return ExternalScalerGrpc.newBlockingStub(channel)
                .isActive(RunningScaler.ref(PLAIN))
                .getResult();
    }

    /** As the kubelet does it: a new folder, and a link that is switched to it in one step. */
    private static void mount(Path mount, String version, TestCertificates content) throws IOException {
        Path folder = Files.createDirectory(mount.resolve(version));
        Files.copy(content.certificate("server"), folder.resolve("tls.crt"));
        Files.copy(content.key("server"), folder.resolve("tls.key"));
        Files.copy(content.authority(), folder.resolve("ca.crt"));
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void replace(Path by, Path file) throws IOException {
        Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
