package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
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

        @Override
        boolean newConnections() {
            return true;
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

        @Override
        boolean newConnections() {
            return true;
        }
    },
    HANDSHAKES("TLS handshakes that are begun", 20_000, true) {
        @Override
        void on(Target target) throws IOException {
            byte[] hello = clientHello();
            target.sockets(target.grpcPort(), socket -> socket.getOutputStream().write(hello));
        }

        @Override
        boolean newConnections() {
            return true;
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

        @Override
        int triggers() {
            return 3_000;
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

        @Override
        int triggers() {
            return 1_000;
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

        @Override
        int triggers() {
            return 1_000;
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

        @Override
        Map<String, String> honestMetadata() {
            return BY_PATTERN;
        }

        @Override
        Duration time() {
            return Duration.ofMinutes(1);
        }
    },
    FIELDS("patterns with a field each, so that each needs a command for every key", 1_000_000) {
        @Override
        void on(Target target) {
            target.calls(i -> ScaledObjectRef.newBuilder()
                    .setNamespace("strangers")
                    .setName("one")
                    .putScalerMetadata("keyPattern", "*")
                    .putScalerMetadata("accuracy", "exact")
                    .putScalerMetadata("hasField", "field-" + i % 199)
                    .build());
        }

        @Override
        Map<String, String> honestMetadata() {
            return BY_FIELD;
        }

        @Override
        Duration time() {
            return Duration.ofMinutes(1);
        }
    },
    ANNOUNCED_STRING("calls to a Redis that announces strings of 512 MB", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            String string = "$536870912\r\n";
            return Optional.of(StrangeRedis.announcing(
                    "redis", Map.of("DBSIZE", string, "SCAN", string, "GET", string, "TYPE", string)));
        }
    },
    ANNOUNCED_LIST("calls to a Redis that announces lists of 100,000,000 elements", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            String list = "*100000000\r\n" + ":1\r\n".repeat(1_000_000);
            return Optional.of(
                    StrangeRedis.announcing("redis", Map.of("DBSIZE", list, "SCAN", list, "GET", list, "LLEN", list)));
        }
    },
    ENDLESS_LINE("calls to a Redis that sends a line without end", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(
                    StrangeRedis.announcing("redis", Map.of("DBSIZE", "+", "SCAN", "-", "GET", ":", "LLEN", "x")));
        }
    },
    LARGE_PAGE("calls to a Redis that returns pages of 2,000,000 keys", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.pageOf(2_000_000));
        }
    },
    MANY_PRIMARIES("calls to a Redis Cluster with 16,384 primaries", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.clusterOf(16_384));
        }
    },
    KEYS_OF_64_KB("calls that count 80,000 keys of 64 KB", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withKeys(80_000, 64 << 10));
        }
    },
    KEYS_OF_500_KB("calls that count 6,000 keys of 500 KB", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withKeys(6_000, 500 << 10));
        }
    },
    LARGE_VALUE("calls that read a string of 240 MB", 10_000) {
        @Override
        void on(Target target) {
            target.strangeCalls();
        }

        @Override
        Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withLargeValue());
        }
    },
    CONTINUATIONS("headers that are continued without end, 4 connections", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            Map<RawHttp2, Integer> begun = new HashMap<>();
            target.overConnections(4, WINDOW, (connection, number) -> {
                Integer stream = begun.get(connection);
                if (stream == null) {
                    stream = connection.headersWithoutEnd();
                    begun.put(connection, stream);
                }
                connection.continuation(stream, number % 2);
            });
        }
    },
    SETTINGS_FRAMES("settings, 4 connections", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(4, WINDOW, (connection, _) -> connection.settings(WINDOW));
        }
    },
    UNREAD_SETTINGS("settings whose acknowledgements nobody reads, 100 connections", 10_000_000) {
        @Override
        void on(Target target) {
            target.overUnreadConnections(100, WINDOW, (connection, _) -> connection.settings(WINDOW));
        }
    },
    PRIORITIES("priorities of streams that do not exist", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(4, WINDOW, (connection, i) -> connection.priority(1 + 2 * (i % 1_000_000)));
        }
    },
    WINDOW_UPDATES("window updates: of nothing, of one byte, and too many", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(
                    4,
                    WINDOW,
                    (connection, i) -> connection.windowUpdate(
                            i % 3 == 0 ? connection.begin(IS_ACTIVE) : 0,
                            i % 100_000 == 0 ? Integer.MAX_VALUE : i % 3));
        }
    },
    EMPTY_DATA("calls with parts of a message that are empty", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            Map<RawHttp2, Integer> begun = new HashMap<>();
            target.overConnections(4, WINDOW, (connection, _) -> {
                Integer stream = begun.get(connection);
                if (stream == null) {
                    stream = connection.begin(IS_ACTIVE);
                    begun.put(connection, stream);
                }
                connection.emptyData(stream);
            });
        }
    },
    HEADER_TABLE("calls whose headers name an entry of 3 KB 7,000 times", 100_000) {
        @Override
        void on(Target target) throws IOException {
            target.overConnections(8, WINDOW, (connection, i) -> connection.tableBomb(i % 100 == 0 ? 0 : 7_000));
        }
    },
    COMPRESSED_MESSAGES("messages of 100 KB that are 100 MB without gzip", 20_000) {
        @Override
        void on(Target target) throws IOException {
            byte[] bomb = gzip(new byte[100 << 20]);
            target.overConnections(
                    8, WINDOW, (connection, _) -> connection.compressedMessage(connection.begin(GET_METRICS), bomb));
        }
    },
    SMALL_COMPRESSED_MESSAGES("messages of 128 KiB that gzip makes small, and no end", 40_000) {
        @Override
        void on(Target target) throws IOException {
            byte[] message = gzip(LARGE_REQUEST);
            target.overConnections(
                    40,
                    WINDOW,
                    (connection, _) -> connection.compressedMessage(connection.begin(GET_METRICS), message));
        }
    },
    MANY_KEYS("calls with metadata of 18,000 keys, and no end", 40_000) {
        @Override
        void on(Target target) throws IOException {
            byte[] message = GetMetricsRequest.newBuilder()
                    .setScaledObjectRef(ScaledObjectRef.newBuilder()
                            .setName("a")
                            .setNamespace("b")
                            .putAllScalerMetadata(IntStream.range(0, 12_000)
                                    .boxed()
                                    .collect(Collectors.toMap(i -> Integer.toString(i, 36), _ -> ""))))
                    .build()
                    .toByteArray();
            target.overConnections(
                    40,
                    WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(connection.begin(GET_METRICS), message));
        }
    },
    UNKNOWN_FIELDS("calls with a message of 20,000 fields that it does not have, and no end", 40_000) {
        @Override
        void on(Target target) throws IOException {
            byte[] message = unknownFields(20_000);
            target.overConnections(
                    40,
                    WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(connection.begin(GET_METRICS), message));
        }
    },
    STREAMS_RESET("streams that are opened and reset at once, 40 connections", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            byte[] trigger = ScaledObjectRef.newBuilder()
                    .setName("a")
                    .setNamespace("b")
                    .build()
                    .toByteArray();
            target.overConnections(40, WINDOW, (connection, _) -> {
                int stream = connection.begin("/externalscaler.ExternalScaler/StreamIsActive");
                connection.message(stream, trigger);
                connection.reset(stream);
            });
        }
    },
    REFLECTION("questions about the services, over and over on one stream", 4_000_000) {
        @Override
        void on(Target target) throws IOException {
            Map<RawHttp2, Integer> begun = new HashMap<>();
            byte[] question = {
                34, 29, 101, 120, 116, 101, 114, 110, 97, 108, 115, 99, 97, 108, 101, 114, 46, 69, 120, 116, 101, 114,
                110, 97, 108, 83, 99, 97, 108, 101, 114
            };
            target.overConnections(8, 1 << 30, (connection, _) -> {
                Integer stream = begun.get(connection);
                if (stream == null) {
                    stream = connection.begin("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
                    begun.put(connection, stream);
                }
                connection.messageWithoutEnd(stream, question);
            });
        }
    },
    UNREAD_REFLECTION("the same with answers that nobody reads, 100 connections", 4_000_000) {
        @Override
        void on(Target target) {
            byte[] question = {
                34, 29, 101, 120, 116, 101, 114, 110, 97, 108, 115, 99, 97, 108, 101, 114, 46, 69, 120, 116, 101, 114,
                110, 97, 108, 83, 99, 97, 108, 101, 114
            };
            Map<RawHttp2, Integer> begun = Collections.synchronizedMap(new HashMap<>());
            target.overUnreadConnections(100, 0, (connection, _) -> {
                Integer stream = begun.get(connection);
                if (stream == null) {
                    stream = connection.begin("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
                    begun.put(connection, stream);
                }
                connection.messageWithoutEnd(stream, question);
            });
        }
    },
    QUICK_TCP("connections to port 6000 that are closed at once", 400_000) {
        @Override
        void on(Target target) {
            target.sockets(target.grpcPort(), Socket::close);
        }
    },
    QUICK_HTTP("connections to port 8080 that are closed at once", 400_000) {
        @Override
        void on(Target target) {
            target.sockets(target.managementPort(), Socket::close);
        }
    },
    PIPELINED_HTTP("requests to port 8080 that do not wait for answers, 1,000 at a time", 2_000) {
        @Override
        void on(Target target) {
            byte[] requests = ascii("GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000));
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(requests));
        }
    },
    MANY_PARAMETERS("requests to port 8080 with 1,000 parameters that do not exist", 20_000) {
        @Override
        void on(Target target) {
            String parameters = IntStream.range(0, 950)
                    .mapToObj(i -> Integer.toString(36 * 36 + i, 36))
                    .collect(Collectors.joining("&"));
            byte[] request = ascii("GET /api/status?" + parameters + " HTTP/1.1\r\nHost: a\r\n\r\n");
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(request));
        }
    };

    private static final String IS_ACTIVE = "/externalscaler.ExternalScaler/IsActive";
    static final String GET_METRICS = "/externalscaler.ExternalScaler/GetMetrics";
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

    /** What an honest client asks beside patterns of others. */
    private static final Map<String, String> BY_PATTERN = Map.of("keyPattern", "session:*", "onUnavailable", "error");

    private static final Map<String, String> BY_FIELD =
            Map.of("keyPattern", "session:*", "hasField", "user", "accuracy", "exact", "onUnavailable", "error");

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

    /** What the honest client beside it asks. */
    Map<String, String> honestMetadata() {
        return Map.of("onUnavailable", "error");
    }

    /** How long the whole of it takes at most. */
    Duration time() {
        return Duration.ofSeconds(12);
    }

    /** How many triggers there are before it begins. */
    int triggers() {
        return 0;
    }

    /** Whether the honest client opens a connection for each call. */
    boolean newConnections() {
        return false;
    }

    /** The Redis of the strangers, if they have one. */
    Optional<StrangeRedis> strangeRedis() {
        return Optional.empty();
    }

    abstract void on(Target target) throws IOException;

    private static byte[] gzip(byte[] bytes) throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(bytes);
        }
        return zipped.toByteArray();
    }

    /** A message of that many fields with numbers of their own, each with one byte. */
    private static byte[] unknownFields(int fields) {
        var message = new ByteArrayOutputStream();
        for (int i = 0; i < fields; i++) {
            for (int tag = (1_000 + i) << 3; tag > 0; tag >>>= 7) {
                message.write(tag > 127 ? (tag & 127) | 128 : tag);
            }
            message.write(1);
        }
        return message.toByteArray();
    }

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
