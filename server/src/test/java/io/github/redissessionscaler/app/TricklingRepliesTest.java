package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that go on to send, so that no read of the socket is ever late, each at another position of a reply. Every read of
 * them ends, and they are read from again when they reply as they should.
 */
final class TricklingRepliesTest {

    private static final long EVERY_NANOS = 10_000_000;
    private static final int SESSIONS = 7;

    @TempDir
    private Path directory;

    /**
     * A server, and a trigger that reads from it: the command that it replies to so, how the reply begins, and what it sends again and
     * again.
     */
    private enum Trickle {
        STATUS("DBSIZE", "+", "x"),
        ERROR("DBSIZE", "-", "x"),
        NUMBER("DBSIZE", ":", "0"),
        PUSH_MESSAGES("DBSIZE", "", ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"),
        ELEMENTS_OF_NO_LIST("DBSIZE", "*1000000\r\n", ":1\r\n"),
        LENGTH("GET", "$", "0"),
        STRING("GET", "$1000000\r\n", "x"),
        TIME("TIME", "*100000\r\n", "$1\r\n1\r\n"),
        TYPE("TYPE", "+", "l"),
        SCAN_CURSOR("SCAN", "*2\r\n$1000\r\n", "0"),
        SCAN_KEYS("SCAN", "*2\r\n$1\r\n0\r\n*100000\r\n", "$1\r\nk\r\n"),
        SCAN_LENGTH_OF_LIST("SCAN", "*2\r\n$1\r\n0\r\n*", "0"),
        SCAN_KEY("SCAN", "*2\r\n$1\r\n0\r\n*1\r\n$1000000\r\n", "k"),
        INFO("INFO", "$100000\r\n", "x"),
        CLUSTER_RANGES("CLUSTER", "*16384\r\n", "*3\r\n:0\r\n:1\r\n*2\r\n$9\r\n127.0.0.1\r\n:6379\r\n"),
        CLUSTER_HOST("CLUSTER", "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$500\r\n", "x"),
        SENTINEL_LIST("SENTINEL", "*100000\r\n", "$1\r\na\r\n"),
        SENTINEL_HOST("SENTINEL", "*2\r\n$500\r\n", "a"),
        ROLE("ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*100000\r\n", "*0\r\n"),
        AUTH("AUTH", "+", "x"),
        SELECT("SELECT", "+O", "x");

        private final String command;
        private final String beginning;
        private final String more;

        Trickle(String command, String beginning, String more) {
            this.command = command;
            this.beginning = beginning;
            this.more = more;
        }

        private String connection(int port) {
            String node = "127.0.0.1:" + port;
            String address = "address: '" + node + "'";
            return switch (command) {
                case "CLUSTER" -> "cluster: {nodes: ['" + node + "']}";
                case "SENTINEL", "ROLE" -> "sentinel: {master: main, nodes: ['" + node + "']}";
                case "AUTH" -> address + ", password: open sesame";
                case "SELECT" -> address + ", database: 3";
                default -> address;
            };
        }

        private Map<String, String> trigger() {
            var metadata = new HashMap<>(Map.of("connection", key(), "onUnavailable", "error"));
            switch (command) {
                case "GET" -> metadata.put("activeKey", "flag");
                case "TIME" -> metadata.putAll(Map.of("key", "z", "activeWithin", "5m"));
                case "TYPE" -> metadata.put("key", "z");
                case "SCAN" -> metadata.put("keyPattern", "session:*");
                case "INFO" -> metadata.put("preset", "dedicated-database");
                default -> {
                    // counts all keys
                }
            }
            return metadata;
        }

        /** Name of its connection. */
        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A server that goes on to send until it should not. */
    private static final class TricklingRedis implements AutoCloseable {

        private final Trickle trickle;
        private final ScriptedRedis redis;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean replies;

        TricklingRedis(Trickle trickle) {
            this.trickle = trickle;
            redis = ScriptedRedis.sending(command -> client -> {
                if (replies || !command.getFirst().equals(trickle.command)) {
                    client.write(right(command).getBytes(US_ASCII));
                } else {
                    trickleTo(client);
                }
            });
        }

        private void trickleTo(OutputStream client) throws IOException {
            begun.incrementAndGet();
            try {
                client.write(trickle.beginning.getBytes(US_ASCII));
                while (true) {
                    client.write(trickle.more.getBytes(US_ASCII));
                    LockSupport.parkNanos(EVERY_NANOS);
                }
            } finally {
                ended.incrementAndGet();
            }
        }

        private String right(List<String> command) {
            String port = String.valueOf(redis.port());
            return switch (command.getFirst()) {
                case "DBSIZE", "ZCARD" -> ":" + SESSIONS + "\r\n";
                // of the scores that are seconds
                case "ZCOUNT" -> Double.parseDouble(command.get(2)) < 1e11 ? ":" + SESSIONS + "\r\n" : ":0\r\n";
                case "GET" -> "$1\r\n1\r\n";
                case "TYPE" -> "+zset\r\n";
                case "TIME" -> "*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n";
                case "SCAN" -> "*2\r\n$1\r\n0\r\n*" + SESSIONS + "\r\n" + keys();
                case "PTTL" -> ":1000\r\n";
                case "INFO" -> "$%d\r\n%s\r\n".formatted(INFO.length(), INFO);
                case "CLUSTER" -> "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:" + port + "\r\n";
                case "SENTINEL" -> "*2\r\n$9\r\n127.0.0.1\r\n$" + port.length() + "\r\n" + port + "\r\n";
                case "ROLE" -> "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
                default -> "+OK\r\n";
            };
        }

        private static String keys() {
            var keys = new StringBuilder();
            for (int i = 0; i < SESSIONS; i++) {
                keys.append("$9\r\nsession:").append(i).append("\r\n");
            }
            return keys.toString();
        }

        private static final String INFO = "# Keyspace\r\ndb0:keys=7,expires=7\r\n";

        @Override
        public void close() {
            redis.close();
        }
    }

    @Test
    void everyReadEndsAndTheNextOneIsRight() throws IOException {
        Map<String, Long> internalErrors = InternalErrors.counts();
        List<TricklingRedis> servers = new ArrayList<>();
        for (Trickle trickle : Trickle.values()) {
            servers.add(new TricklingRedis(trickle));
        }
        Path config = Files.writeString(
                directory.resolve("config.yaml"),
                servers.stream()
                        .map(server -> "  %s: {%s}\n"
                                .formatted(server.trickle.key(), server.trickle.connection(server.redis.port())))
                        .collect(joining("", "connections:\n", "")));
        try (var scaler = RunningScaler.impatient(Map.of("CONFIG_FILE", config.toString(), "COUNT_REFRESH", "1s"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<String>> failures = servers.stream()
                    .map(server -> CompletableFuture.supplyAsync(() -> failure(scaler, server.trickle), threads))
                    .toList();

            assertThat(failures)
                    .allSatisfy(failure -> assertThat(failure.join()).startsWith("UNAVAILABLE: "));
            // nothing holds a connection on which a reply does not end
            await().untilAsserted(() -> assertThat(servers).allSatisfy(server -> {
                assertThat(server.begun).as("%s", server.trickle).hasPositiveValue();
                assertThat(server.ended).as("%s", server.trickle).hasPositiveValue();
            }));
            servers.forEach(server -> server.replies = true);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(servers)
                            .allSatisfy(server -> assertThat(scaler.metric(server.trickle.trigger()))
                                    .as("%s", server.trickle)
                                    .isEqualTo(SESSIONS)));
            await().untilAsserted(() -> assertThat(servers)
                    .allSatisfy(server ->
                            assertThat(server.ended).as("%s", server.trickle).hasValue(server.begun.get())));
            assertThat(InternalErrors.counts()).isEqualTo(internalErrors);
        } finally {
            servers.forEach(TricklingRedis::close);
        }
    }

    private static String failure(RunningScaler scaler, Trickle trickle) {
        try {
            return trickle + " gives " + scaler.metric(trickle.trigger());
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
