package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What strangers send. */
final class Payloads {

    static final String IS_ACTIVE = "/externalscaler.ExternalScaler/IsActive";
    static final String GET_METRICS = "/externalscaler.ExternalScaler/GetMetrics";
    static final byte[] EMPTY = {};
    static final byte[] NO_PROTOBUF = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    static final byte[] REQUEST = GetMetricsRequest.newBuilder()
            .setScaledObjectRef(ScaledObjectRef.newBuilder().setName("a").setNamespace("b"))
            .build()
            .toByteArray();

    /** One that is valid, and nearly as large as any. */
    static final byte[] LARGE_REQUEST = GetMetricsRequest.newBuilder()
            .setScaledObjectRef(ScaledObjectRef.newBuilder()
                    .setName("a")
                    .setNamespace("b")
                    .putAllScalerMetadata(IntStream.range(0, 60)
                            .boxed()
                            .collect(Collectors.toMap(i -> "key" + i, _ -> "x".repeat(1024)))))
            .build()
            .toByteArray();

    /** What an honest client asks beside patterns of others. */
    static final Map<String, String> BY_PATTERN = Map.of("keyPattern", "session:*", "onUnavailable", "error");

    static final Map<String, String> BY_FIELD =
            Map.of("keyPattern", "session:*", "hasField", "user", "accuracy", "exact", "onUnavailable", "error");

    /** The usual one of HTTP/2. */
    static final int WINDOW = 65_535;

    static byte[] gzip(byte[] bytes) throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(bytes);
        }
        return zipped.toByteArray();
    }

    /** A message of that many fields with numbers of their own, each with one byte. */
    static byte[] unknownFields(int fields) {
        var message = new ByteArrayOutputStream();
        for (int i = 0; i < fields; i++) {
            for (int tag = (1_000 + i) << 3; tag > 0; tag >>>= 7) {
                message.write(tag > 127 ? (tag & 127) | 128 : tag);
            }
            message.write(1);
        }
        return message.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] clientHello() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            var _ = engine.wrap(ByteBuffer.allocate(0), hello);
            hello.flip();
            byte[] bytes = new byte[hello.remaining()];
            hello.get(bytes);
            return bytes;
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Values of {@code sources} with as many characters as it may have, or more. */
    static List<String> strangeYaml() {
        String anchors = IntStream.range(1, 40)
                .mapToObj(i ->
                        "- &a" + i + " [" + "*a" + (i - 1) + ",".repeat(1) + ("*a" + (i - 1) + ",").repeat(8) + "]")
                .collect(Collectors.joining("\n", "- &a0 [a, a]\n", "\n"));
        return List.of(
                "[".repeat(4_000),
                "[".repeat(2_000) + "]".repeat(2_000),
                "{a: ".repeat(1_000),
                "- ".repeat(2_000),
                "? ".repeat(2_000),
                anchors,
                "- &a [*a]\n- *a",
                "- &a {keyPattern: '*', <<: *a}",
                "[" + "{},".repeat(1_300) + "]",
                "- a\n".repeat(1_000),
                "- keyPattern: '*'\n".repeat(200),
                "%TAG ! tag:x,2000:\n---\n- !!java.lang.Runtime {}",
                "- \"" + "\\u4e16".repeat(600) + "\"",
                "--- \n".repeat(800),
                "|\n" + " ".repeat(4_000) + "a",
                "[" + "[],".repeat(100_000 / 3) + "]");
    }

    /** Requests whose host is none, or not that of the scaler. */
    static List<byte[]> strangeHosts() {
        return Stream.of(
                        "",
                        "Host:\r\n",
                        "Host: evil.example\r\n",
                        "Host: localhost\r\nHost: evil.example\r\n",
                        "Host: localhost, evil.example\r\n",
                        "Host: localhost@evil.example\r\n",
                        "Host: localhost:8080:8080\r\n",
                        "Host: localhost:99999999999999999999\r\n",
                        "Host: [::1\r\n",
                        "Host: [" + ":".repeat(4_000) + "]\r\n",
                        "Host: 127.0.0.1.evil.example\r\n",
                        "Host: 0x7f.1\r\n",
                        "Host: local\u0000host\r\n",
                        "Host: " + "a.".repeat(3_900) + "svc\r\n",
                        "Host: " + "a".repeat(100_000) + "\r\n",
                        "Host : localhost\r\n",
                        " Host: localhost\r\n",
                        "Host: localhost\n")
                .flatMap(host -> Stream.of("/api/status", "http://evil.example/api/status", "*")
                        .map(path -> ascii("GET " + path + " HTTP/1.1\r\n" + host + "\r\n")))
                .toList();
    }

    private Payloads() {}
}
