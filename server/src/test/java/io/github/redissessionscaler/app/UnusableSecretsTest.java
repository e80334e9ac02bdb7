package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files for connections that cannot be used: Redis is unavailable, for a reason that names the file. */
final class UnusableSecretsTest {

    @TempDir
    private Path directory;

    /** A connection, why it cannot be used, and words of the message. */
    private record Unusable(String settings, String reason, String words) {}

    @Test
    void redisIsDownForAReasonThatNamesTheFile() throws IOException {
        TestCertificates certificates =
                TestCertificates.in(directory).issue("server").issue("client").issue("other");
        Files.createDirectory(directory.resolve("folder"));
        Files.writeString(directory.resolve("empty"), "");
        Files.writeString(directory.resolve("text"), "hush-hush");
        Files.write(directory.resolve("latin1"), "h\u00fcsh".getBytes(ISO_8859_1));
        Files.writeString(directory.resolve("broken"), """
            -----BEGIN CERTIFICATE-----
            hush
            -----END CERTIFICATE-----
            -----BEGIN PRIVATE KEY-----
            hush
            -----END PRIVATE KEY-----
            """);
        String client = certificates.certificate("client").toString();
        String key = certificates.key("client").toString();
        try (var redis = RedisServer.start(
                "--tls-port", String.valueOf(Ports.free()),
                "--tls-cert-file", certificates.certificate("server").toString(),
                "--tls-key-file", certificates.key("server").toString(),
                "--tls-ca-cert-file", certificates.authority().toString())) {
            String plain = "address: '" + redis.address() + "', passwordFile: DIR/";
            String tls = "address: '127.0.0.1:" + redis.tlsPort() + "', tls: ";
            String authority = "caFile: " + certificates.authority();
            Map<String, Unusable> connections = new LinkedHashMap<>();
            connections.put(
                    "password-none", new Unusable(plain + "none", "NOAUTH", "/none cannot be read: no such file"));
            connections.put(
                    "password-folder", new Unusable(plain + "folder", "NOAUTH", "/folder cannot be read: it is a"));
            connections.put("password-empty", new Unusable(plain + "empty", "NOAUTH", "/empty is empty"));
            connections.put("password-latin1", new Unusable(plain + "latin1", "NOAUTH", "/latin1 cannot be read"));
            connections.put(
                    "password-cluster",
                    new Unusable(
                            "cluster: {nodes: ['" + redis.address() + "']}, passwordFile: DIR/none",
                            "NOAUTH",
                            "/none"));
            connections.put(
                    "password-sentinel",
                    new Unusable(
                            "sentinel: {master: main, nodes: ['" + redis.address() + "'], passwordFile: DIR/none}",
                            "NOAUTH",
                            "/none"));
            for (String ca : new String[] {"none", "folder", "empty", "text", "broken", "latin1"}) {
                connections.put("ca-" + ca, new Unusable(tls + "{caFile: DIR/" + ca + "}", "TLS", "/" + ca));
                connections.put(
                        "cert-" + ca,
                        new Unusable(
                                tls + "{%s, certFile: DIR/%s, keyFile: %s}".formatted(authority, ca, key),
                                "TLS",
                                "/" + ca));
                connections.put(
                        "key-" + ca,
                        new Unusable(
                                tls + "{%s, certFile: %s, keyFile: DIR/%s}".formatted(authority, client, ca),
                                "TLS",
                                "/" + ca));
            }
            connections.put(
                    "key-other",
                    new Unusable(
                            tls
                                    + "{%s, certFile: %s, keyFile: %s}"
                                            .formatted(authority, client, certificates.key("other")),
                            "TLS",
                            "key"));
            var yaml = new StringBuilder("connections:\n");
            connections.forEach((name, connection) -> yaml.append(
                    "  %s: {%s}\n".formatted(name, connection.settings().replace("DIR", directory.toString()))));
            Path config = Files.writeString(directory.resolve("config.yaml"), yaml);
            Map<String, Long> internalErrors = InternalErrors.counts();
            try (var scaler = RunningScaler.with(Map.of("CONFIG_FILE", config.toString()))) {
                connections.forEach((name, connection) -> {
                    for (Map<String, String> trigger : List.of(
                            Map.of("connection", name, "onUnavailable", "error"),
                            Map.of("connection", name, "onUnavailable", "error", "keyPattern", "session:*"))) {
                        assertThatThrownBy(() -> scaler.metric(trigger))
                                .as("%s", name)
                                .hasMessageStartingWith("UNAVAILABLE: " + connection.reason() + ": ")
                                .hasMessageContaining(connection.words())
                                .hasMessageNotContainingAny("hush", "Could not get", "java.", "OTHER", "INTERNAL");
                    }
                });
                String scrape = scaler.scrape();
                String status = scaler.get("/api/status").body();
                connections.forEach((name, connection) -> assertThat(scrape)
                        .contains("redis_session_scaler_redis_up{connection=\"" + name + "\"} 0.0")
                        .containsPattern("redis_failures_total\\{connection=\"" + name + "\",reason=\""
                                + connection.reason() + "\"} [1-9]")
                        .doesNotContainPattern(
                                "redis_failures_total\\{connection=\"" + name + "\",reason=\"(OTHER|INTERNAL)\"}"));
                assertThat(status).doesNotContain("hush", "Could not get a resource", "java.");
                assertThat(InternalErrors.counts()).isEqualTo(internalErrors);
            }
        }
    }
}
