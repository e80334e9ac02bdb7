package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * What strangers do. Each attack is bounded by a count, which is ten times what ended the scaler before it had limits where a
 * count did, and by a time.
 */
enum Attack {
    HEADERS_WITHOUT_MESSAGE("calls begun without a message", 400_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(4, WINDOW, (connection, _) -> connection.begin(IS_ACTIVE));
        }
    },
    PARTS_OF_MESSAGES("calls with all but the end of 128 KiB", 4_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    8,
                    WINDOW,
                    (connection, _) -> connection.partOfMessage(connection.begin(IS_ACTIVE), 100_000, 16_000));
        }
    },
    MESSAGES_WITHOUT_END("calls with a message of 70 KB, and no end", 40_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    40,
                    WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(connection.begin(GET_METRICS), LARGE_REQUEST));
        }
    },
    LONG_AUTHORITIES("calls without a message to a server with a name of 7,000 characters", 200_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    20,
                    WINDOW,
                    (connection, number) ->
                            connection.begin(IS_ACTIVE, String.valueOf(number).repeat(7_000 / 7)));
        }
    },
    UNREAD_REFUSALS("calls whose refusals nobody reads, 100 connections", 4_000_000) {
        @Override
        void on(Target target) {
            target.overUnreadConnections(100, WINDOW, (connection, _) -> {
                connection.begin("/no.such.Service/Method");
                connection.begin(IS_ACTIVE);
            });
        }
    },
    UNREAD_PINGS("pings whose answers nobody reads, 100 connections", 10_000_000) {
        @Override
        void on(Target target) {
            target.overUnreadConnections(100, WINDOW, (connection, _) -> connection.ping());
        }
    },
    HEALTH_WATCH("watches of the health service", 500_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    4,
                    WINDOW,
                    (connection, _) -> connection.message(connection.begin("/grpc.health.v1.Health/Watch"), EMPTY));
        }
    },
    UNKNOWN_METHOD("calls of unknown methods, left open", 600_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(4, WINDOW, (connection, _) -> connection.begin("/no.such.Service/Method"));
        }
    },
    RAPID_RESET("calls that are reset at once (CVE-2023-44487), 40 connections", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(40, WINDOW, (connection, _) -> {
                int stream = connection.begin(GET_METRICS);
                connection.message(stream, REQUEST);
                connection.reset(stream);
            });
        }
    },
    WINDOW_OF_ZERO("calls whose answers are not taken, 40 connections", 800_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    40, 0, (connection, _) -> connection.message(connection.begin(GET_METRICS), REQUEST));
        }
    },
    BAD_PROTOBUF("messages that are not protobuf", 1_500_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    4, WINDOW, (connection, _) -> connection.message(connection.begin(GET_METRICS), NO_PROTOBUF));
        }
    },
    PINGS("pings", 1_000_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(4, WINDOW, (connection, _) -> connection.ping());
        }
    },
    IDLE_TCP("connections to port 6000 that say nothing", 100_000) {
        @Override
        void on(Target target) {
            target.sockets(target.grpcPort(), _ -> {});
        }
    },
    IDLE_HTTP2("connections to port 6000 that ask nothing", 20_000) {
        @Override
        void on(Target target) {
            target.sockets(target.grpcPort(), socket -> new RawHttp2(socket, WINDOW).reading());
        }
    },
    IDLE_TLS("the same with mutual TLS, and no certificate", 80_000, true) {
        @Override
        void on(Target target) {
            target.sockets(target.grpcPort(), _ -> {});
        }
    },
    HANDSHAKES("TLS handshakes that are begun", 20_000, true) {
        @Override
        void on(Target target) throws IOException {
            byte[] hello = clientHello();
            target.sockets(target.grpcPort(), socket -> socket.getOutputStream().write(hello));
        }
    },
    IDLE_HTTP("connections to port 8080 that say nothing", 20_000) {
        @Override
        void on(Target target) {
            target.sockets(target.managementPort(), _ -> {});
        }
    },
    HALF_SENT_HTTP("requests that are half sent", 20_000) {
        @Override
        void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream().write(ascii("GET /metrics HTTP/1.1\r\nHost: local")));
        }
    },
    LARGE_HTTP_HEADERS("requests with 300 KB of headers", 3_000) {
        @Override
        void on(Target target) {
            byte[] headers =
                    ascii("GET /metrics HTTP/1.1\r\n" + "X-Large: aaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(8_000));
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(headers));
        }
    },
    UNREAD_SCRAPES("scrapes that nobody reads", 2_000) {
        @Override
        void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(ascii("GET /metrics?detail=all HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }
    },
    LARGEST_STATUS("questions for the most that the status page shows", 50) {
        @Override
        void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(ascii("GET /api/status?limit=1000&points=400 HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }
    },
    STATUS_BY_MANY("the same by clients that leave before the answer", 20_000) {
        @Override
        void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(ascii("GET /api/status?limit=1000&points=400 HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }
    },
    WIDE_TRIGGERS("triggers of wide characters", 120_000) {
        @Override
        void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("\u4e16".repeat(60))
                    .setName("\u754c".repeat(240) + i)
                    .putScalerMetadata("sessionSizeKey", "\u4e16".repeat(1000))
                    .putScalerMetadata("key", "\u754c".repeat(1000) + i)
                    .build());
        }
    },
    DATABASES("databases that nobody has, by pattern", 10_240) {
        @Override
        void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("databaseIndex", String.valueOf(i % 1024))
                    .putScalerMetadata("keyPattern", "*")
                    .build());
        }
    },
    PATTERNS("patterns that are expensive to match", 2_000) {
        @Override
        void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("keyPattern", "*a".repeat(200) + i)
                    .build());
        }
    };

    private static final String IS_ACTIVE = "/externalscaler.ExternalScaler/IsActive";
    private static final String GET_METRICS = "/externalscaler.ExternalScaler/GetMetrics";
    private static final byte[] EMPTY = {};
    private static final byte[] NO_PROTOBUF = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    private static final byte[] REQUEST = GetMetricsRequest.newBuilder()
            .setScaledObjectRef(ScaledObjectRef.newBuilder().setName("a").setNamespace("b"))
            .build()
            .toByteArray();

    /** One that is valid, and nearly as large as any. */
    private static final byte[] LARGE_REQUEST = GetMetricsRequest.newBuilder()
            .setScaledObjectRef(ScaledObjectRef.newBuilder()
                    .setName("a")
                    .setNamespace("b")
                    .putAllScalerMetadata(IntStream.range(0, 60)
                            .boxed()
                            .collect(Collectors.toMap(i -> "key" + i, _ -> "x".repeat(1024)))))
            .build()
            .toByteArray();

    /** The usual one of HTTP/2. */
    private static final int WINDOW = 65_535;

    private final String words;
    private final int most;
    private final boolean mutualTls;

    Attack(String words, int most) {
        this(words, most, false);
    }

    Attack(String words, int most, boolean mutualTls) {
        this.words = words;
        this.most = most;
        this.mutualTls = mutualTls;
    }

    /** What it is, a noun. */
    String words() {
        return words;
    }

    /** How often, at most. */
    int most() {
        return most;
    }

    /** Whether the scaler asks for certificates. */
    boolean mutualTls() {
        return mutualTls;
    }

    abstract void on(Target target) throws IOException;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] clientHello() {
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
}
