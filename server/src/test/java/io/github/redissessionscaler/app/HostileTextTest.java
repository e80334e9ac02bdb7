package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Texts of a server that would disturb whoever reads them: long ones, with control characters, line ends of Unicode and changes
 * of the direction of writing. They are escaped and cut on the whole way: status, log, page and metrics.
 */
final class HostileTextTest {

    /** Escapes of terminals, the right-to-left override, line and paragraph separators, a null, markup. */
    private static final String HOSTILE = "\u001b[31m\u001b]0;title\u0007 \u202egnp\u202c"
            + " \u2028\u2029\u0085\u0000\u009b2J\ud83d\ude00<script>alert(1)</script>\"'&";

    private static final int LONGEST = 2_000;

    @TempDir
    private Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.redissessionscaler");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void start() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
    }

    /** A reply to one command, on a connection of its own. */
    private record HostileReply(String command, String reply) {

        private ScriptedRedis server() {
            return ScriptedRedis.answering(
                    sent -> (sent.getFirst().equals(command) ? reply : right(sent.getFirst())).getBytes(UTF_8));
        }

        private String connection(int port) {
            String node = "127.0.0.1:" + port;
            return switch (command) {
                case "CLUSTER" -> "cluster: {nodes: ['" + node + "']}";
                case "SENTINEL" -> "sentinel: {master: main, nodes: ['" + node + "']}";
                default -> "address: '" + node + "'";
            };
        }

        private Map<String, String> trigger(String connection) {
            var trigger = new HashMap<>(Map.of("connection", connection, "onUnavailable", "error"));
            switch (command) {
                case "TYPE" -> trigger.put("key", "k");
                case "GET" -> trigger.put("activeKey", "k");
                case "SCAN" -> trigger.put("keyPattern", "session:*");
                case "INFO" -> trigger.put("preset", "dedicated-database");
                default -> {
                    // counts all keys
                }
            }
            return trigger;
        }
    }

    /** The lengths are below and above what is shown, read, and sensible. */
    private static List<HostileReply> replies() {
        List<HostileReply> replies = new ArrayList<>();
        for (String command : List.of("DBSIZE", "TYPE", "GET", "SCAN", "INFO", "CLUSTER", "SENTINEL")) {
            for (String beginning : List.of("-ERR ", "-", "-NOAUTH ", "-MOVED 1 ", "-LOADING ", "+")) {
                for (int length : List.of(0, 4_000, 2_000_000)) {
                    replies.add(new HostileReply(command, beginning + HOSTILE + "x".repeat(length) + HOSTILE + "\n"));
                }
            }
        }
        return replies;
    }

    @Test
    void isEscapedAndCutEverywhere() throws IOException {
        List<HostileReply> replies = replies();
        List<ScriptedRedis> servers = replies.stream().map(HostileReply::server).toList();
        var yaml = new StringBuilder("connections:\n");
        for (int i = 0; i < replies.size(); i++) {
            yaml.append("  c%d: {%s}\n"
                    .formatted(i, replies.get(i).connection(servers.get(i).port())));
        }
        Path config = Files.writeString(directory.resolve("config.yaml"), yaml);
        try (var scaler = RunningScaler.with(Map.of("CONFIG_FILE", config.toString()))) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < replies.size(); i++) {
                texts.add(said(scaler, replies.get(i).trigger("c" + i)));
            }
            appender.list.forEach(line -> texts.add(line.getFormattedMessage() + line.getKeyValuePairs()));

            assertThat(appender.list).isNotEmpty();
            assertThat(texts)
                    .allSatisfy(
                            text -> assertThat(text).hasSizeLessThan(LONGEST).matches("[ -~…]*"));
            String scrape = scaler.scrape();
            String status = scaler.get("/api/status").body();
            String page = scaler.get("/").body();
            for (String text : List.of(scrape, status, page)) {
                assertThat(text.chars()).allMatch(character -> character == '\n' || !isControl(character));
            }
            assertThat(page).doesNotContain("<script>alert");
            assertThat(status.length()).isLessThan(replies.size() * 5_000);
            assertThat(scrape).doesNotContain("\\x1b", "xxx");
        } finally {
            servers.forEach(ScriptedRedis::close);
        }
    }

    private static boolean isControl(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** The status of the call; the value, if it has one. */
    private static String said(RunningScaler scaler, Map<String, String> trigger) {
        try {
            return String.valueOf(scaler.metric(trigger));
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    private static String right(String command) {
        return switch (command) {
            case "DBSIZE" -> ":7\r\n";
            case "INFO" -> "$0\r\n\r\n";
            default -> "+OK\r\n";
        };
    }
}
