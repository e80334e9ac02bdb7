package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.ScaledObjectRef;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Calls and frames of HTTP/2 on port 6000. */
enum Http2Attack implements Attack {
    HEADERS_WITHOUT_MESSAGE("calls begun without a message", 400_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(4, Payloads.WINDOW, (connection, _) -> connection.begin(Payloads.IS_ACTIVE));
        }
    },
    PARTS_OF_MESSAGES("calls with all but the end of 128 KiB", 4_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    8,
                    Payloads.WINDOW,
                    (connection, _) -> connection.partOfMessage(connection.begin(Payloads.IS_ACTIVE), 100_000, 16_000));
        }
    },
    MESSAGES_WITHOUT_END("calls with a message of 70 KB, and no end", 40_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    40,
                    Payloads.WINDOW,
                    (connection, _) -> connection.messageWithoutEnd(
                            connection.begin(Payloads.GET_METRICS), Payloads.LARGE_REQUEST));
        }
    },
    LONG_AUTHORITIES("calls without a message to a server with a name of 7,000 characters", 200_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    20,
                    Payloads.WINDOW,
                    (connection, number) -> connection.begin(
                            Payloads.IS_ACTIVE, String.valueOf(number).repeat(7_000 / 7)));
        }
    },
    UNREAD_REFUSALS("calls whose refusals nobody reads, 100 connections", 4_000_000) {
        @Override
        public void on(Target target) {
            target.overUnreadConnections(100, Payloads.WINDOW, (connection, _) -> {
                connection.begin("/no.such.Service/Method");
                connection.begin(Payloads.IS_ACTIVE);
            });
        }
    },
    UNREAD_PINGS("pings whose answers nobody reads, 100 connections", 10_000_000) {
        @Override
        public void on(Target target) {
            target.overUnreadConnections(100, Payloads.WINDOW, (connection, _) -> connection.ping());
        }
    },
    HEALTH_WATCH("watches of the health service", 500_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    4,
                    Payloads.WINDOW,
                    (connection, _) ->
                            connection.message(connection.begin("/grpc.health.v1.Health/Watch"), Payloads.EMPTY));
        }
    },
    UNKNOWN_METHOD("calls of unknown methods, left open", 600_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(4, Payloads.WINDOW, (connection, _) -> connection.begin("/no.such.Service/Method"));
        }
    },
    RAPID_RESET("calls that are reset at once (CVE-2023-44487), 40 connections", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(40, Payloads.WINDOW, (connection, _) -> {
                int stream = connection.begin(Payloads.GET_METRICS);
                connection.message(stream, Payloads.REQUEST);
                connection.reset(stream);
            });
        }
    },
    WINDOW_OF_ZERO("calls whose answers are not taken, 40 connections", 800_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    40,
                    0,
                    (connection, _) -> connection.message(connection.begin(Payloads.GET_METRICS), Payloads.REQUEST));
        }
    },
    BAD_PROTOBUF("messages that are not protobuf", 1_500_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    4,
                    Payloads.WINDOW,
                    (connection, _) ->
                            connection.message(connection.begin(Payloads.GET_METRICS), Payloads.NO_PROTOBUF));
        }
    },
    PINGS("pings", 1_000_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(4, Payloads.WINDOW, (connection, _) -> connection.ping());
        }
    },
    CONTINUATIONS("headers that are continued without end, 4 connections", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            Map<RawHttp2, Integer> begun = new HashMap<>();
            target.overConnections(4, Payloads.WINDOW, (connection, number) -> {
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
        public void on(Target target) throws IOException {
            target.overConnections(4, Payloads.WINDOW, (connection, _) -> connection.settings(Payloads.WINDOW));
        }
    },
    UNREAD_SETTINGS("settings whose acknowledgements nobody reads, 100 connections", 10_000_000) {
        @Override
        public void on(Target target) {
            target.overUnreadConnections(100, Payloads.WINDOW, (connection, _) -> connection.settings(Payloads.WINDOW));
        }
    },
    PRIORITIES("priorities of streams that do not exist", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(4, Payloads.WINDOW, (connection, i) -> connection.priority(1 + 2 * (i % 1_000_000)));
        }
    },
    WINDOW_UPDATES("window updates: of nothing, of one byte, and too many", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    4,
                    Payloads.WINDOW,
                    (connection, i) -> connection.windowUpdate(
                            i % 3 == 0 ? connection.begin(Payloads.IS_ACTIVE) : 0,
                            i % 100_000 == 0 ? Integer.MAX_VALUE : i % 3));
        }
    },
    EMPTY_DATA("calls with parts of a message that are empty", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            Map<RawHttp2, Integer> begun = new HashMap<>();
            target.overConnections(4, Payloads.WINDOW, (connection, _) -> {
                Integer stream = begun.get(connection);
                if (stream == null) {
                    stream = connection.begin(Payloads.IS_ACTIVE);
                    begun.put(connection, stream);
                }
                connection.emptyData(stream);
            });
        }
    },
    HEADER_TABLE("calls whose headers name an entry of 3 KB 7,000 times", 100_000) {
        @Override
        public void on(Target target) throws IOException {
            target.overConnections(
                    8, Payloads.WINDOW, (connection, i) -> connection.tableBomb(i % 100 == 0 ? 0 : 7_000));
        }
    },
    COMPRESSED_MESSAGES("messages of 100 KB that are 100 MB without gzip", 20_000) {
        @Override
        public void on(Target target) throws IOException {
            byte[] bomb = Payloads.gzip(new byte[100 << 20]);
            target.overConnections(
                    8,
                    Payloads.WINDOW,
                    (connection, _) -> connection.compressedMessage(connection.begin(Payloads.GET_METRICS), bomb));
        }
    },
    SMALL_COMPRESSED_MESSAGES("messages of 128 KiB that Payloads.gzip makes small, and no end", 40_000) {
        @Override
        public void on(Target target) throws IOException {
            byte[] message = Payloads.gzip(Payloads.LARGE_REQUEST);
            target.overConnections(
                    40,
                    Payloads.WINDOW,
                    (connection, _) -> connection.compressedMessage(connection.begin(Payloads.GET_METRICS), message));
        }
    },
    STREAMS_RESET("streams that are opened and reset at once, 40 connections", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
            byte[] trigger = ScaledObjectRef.newBuilder()
                    .setName("a")
                    .setNamespace("b")
                    .build()
                    .toByteArray();
            target.overConnections(40, Payloads.WINDOW, (connection, _) -> {
                int stream = connection.begin("/externalscaler.ExternalScaler/StreamIsActive");
                connection.message(stream, trigger);
                connection.reset(stream);
            });
        }
    },
    REFLECTION("questions about the services, over and over on one stream", 4_000_000) {
        @Override
        public void on(Target target) throws IOException {
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
        public void on(Target target) {
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
    };

    private final String words;
    private final int most;

    Http2Attack(String words, int most) {
        this.words = words;
        this.most = most;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public int most() {
        return most;
    }
}
