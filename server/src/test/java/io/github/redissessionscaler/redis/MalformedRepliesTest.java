package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that answer what no Redis does: an outage with a reason, and no error that nobody understands. */
final class MalformedRepliesTest {

    private static final String SECRET = "hunter2-in-a-reply";

    private static final Map<String, String> COUNTED_BY_SIZE = Map.of();
    private static final Map<String, String> COUNTED_BY_KEY = Map.of("key", "queue");
    private static final Map<String, String> RECENTLY_ACTIVE = Map.of("key", "z", "activeWithin", "5m");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0\r\n",
                "*1\r\n*0\r\n",
                "*1\r\n:1\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*0\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n$18\r\nhunter2-in-a-reply\r\n",
                "*1\r\n*3\r\n$1\r\n0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:6379\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:-1\r\n",
                "$18\r\nhunter2-in-a-reply\r\n",
                ":1\r\n",
                "$-1\r\n"
            })
    void clusterSlots(String reply) {
        try (var redis = answering(Map.of("CLUSTER", reply))) {
            assertUnavailable("redis-cluster://127.0.0.1:" + redis.port(), COUNTED_BY_SIZE);
            assertThat(redis.commands()).contains("CLUSTER");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0\r\n",
                "*1\r\n$9\r\n127.0.0.1\r\n",
                "*2\r\n$9\r\n127.0.0.1\r\n$18\r\nhunter2-in-a-reply\r\n",
                "*2\r\n$-1\r\n$-1\r\n",
                "*-1\r\n",
                ":1\r\n",
                "+hunter2-in-a-reply\r\n"
            })
    void sentinel(String reply) {
        try (var redis = answering(Map.of("SENTINEL", reply))) {
            assertUnavailable("redis-sentinel://127.0.0.1:" + redis.port() + "#main", COUNTED_BY_SIZE);
            assertThat(redis.commands()).contains("SENTINEL");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+hunter2-in-a-reply\r\n",
                "$-1\r\n",
                "*0\r\n",
                "*1\r\n:1\r\n",
                ":-7\r\n",
                ":9223372036854775808\r\n",
                ":18446744073709551621\r\n",
                ":12abc\r\n",
                ":\r\n",
                ":9223372036854775807\r\n",
                ":1000000000001\r\n",
                "*100000000\r\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n"
            })
    void numbers(String reply) {
        try (var redis = answering(Map.of("DBSIZE", reply, "LLEN", reply, "TYPE", "+list\r\n"))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), COUNTED_BY_SIZE);
            assertUnavailable("redis://127.0.0.1:" + redis.port(), COUNTED_BY_KEY);
            assertThat(redis.commands()).contains("DBSIZE", "LLEN");
        }
    }

    /** What came and what was expected is in the message, whatever is read. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        DBSIZE ; $18|hunter2-in-a-reply| ; ''                   ; a string of 18 bytes in reply to DBSIZE, in place of a number
        DBSIZE ; *2|:1|:2|               ; ''                   ; a list of 2 elements in reply to DBSIZE, in place of a number
        DBSIZE ; :-7|                    ; ''                   ; the number -7 in reply to DBSIZE, in place of a number from 0
        DBSIZE ; _|                      ; ''                   ; a null of RESP3 ('_'), in place of a reply of RESP2, in reply to DBSIZE
        DBSIZE ; HTTP/1.1 400 Bad|       ; ''                   ; its data begins with 'HTTP/1.1 400 Bad'
        LLEN   ; $-1|                    ; key=k                ; nil in reply to LLEN, in place of a number
        LLEN   ; %1|+a|:1|               ; key=k                ; a map of RESP3 ('%1')
        TYPE   ; :5|                     ; key=k                ; the number 5 in reply to TYPE, in place of the name of a type
        GET    ; :5|                     ; activeKey=k          ; the number 5 in reply to GET, in place of a string or nil
        GET    ; *1|$1|1|                ; activeKey=k          ; a list of 1 elements in reply to GET
        GET    ; ,1.5|                   ; activeKey=k          ; a floating-point number of RESP3 (',1.5')
        GET    ; :5|                     ; sessionSizeKey=k     ; the number 5 in reply to GET, in place of a string or nil
        GET    ; #t|                     ; sessionSizeKey=k     ; a boolean of RESP3 ('#t')
        GET    ; -MOVED 1 h:70000|       ; activeKey=k          ; a redirection to the port 70000
        SCAN   ; *1|$1|0|                ; keyPattern=s*        ; a list of 1 elements in reply to SCAN, in place of a list of a cursor
        """)
    void whatCameAndWhatWasExpected(String command, String reply, String key, String message) {
        Map<String, String> metadata = new HashMap<>(Map.of("onUnavailable", "error"));
        if (!key.isEmpty()) {
            String[] entry = key.split("=", 2);
            metadata.put(entry[0], entry[1]);
        }
        Map<String, String> replies = new HashMap<>(Map.of("DBSIZE", ":7\r\n", "TYPE", "+list\r\n"));
        replies.put(command, reply.replace("|", "\r\n"));
        try (var redis = answering(replies);
                var scaler = RunningScaler.with(Map.of("REDIS_URL", "redis://127.0.0.1:" + redis.port()))) {
            assertThatThrownBy(() -> scaler.metric(metadata))
                    .hasMessageStartingWith("UNAVAILABLE: ")
                    .hasMessageContaining("Redis at 127.0.0.1:" + redis.port() + " ")
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("hunter2");
            if (!key.startsWith("sessionSizeKey")) {
                assertThatThrownBy(() -> scaler.isActive(metadata)).hasMessageContaining(message);
            }
        }
    }

    /** The address is that of the server, or those of all that were asked. */
    @Test
    void aTimeoutNamesTheServer() throws IOException {
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + listening.getLocalPort();
            for (String url : List.of(
                    "redis://" + address, "redis-cluster://" + address, "redis-sentinel://" + address + "#main")) {
                try (var scaler = RunningScaler.with(Map.of("REDIS_URL", url, "ANSWER_TIMEOUT", "500ms"))) {
                    for (Map<String, String> trigger : List.of(
                            Map.of("onUnavailable", "error"),
                            Map.of("onUnavailable", "error", "key", "k"),
                            Map.of("onUnavailable", "error", "activeKey", "k"),
                            Map.of("onUnavailable", "error", "keyPattern", "k*"))) {
                        assertThatThrownBy(() -> scaler.metric(trigger))
                                .as("%s %s", url, trigger)
                                .hasMessageContaining("TIMEOUT: ")
                                .hasMessageContaining(address);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":5\r\n",
                "$-1\r\n",
                "*0\r\n",
                "-MOVED 3 127.0.0.1:1\r\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "$36\r\n# Keyspace\r\ndb0:keys=7,expires=abc\r\n\r\n",
                "$36\r\n# Keyspace\r\ndb0:keys=7,expires=900\r\n\r\n"
            })
    void info(String reply) {
        try (var redis = answering(Map.of("INFO", reply, "DBSIZE", ":7\r\n"))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), Map.of("preset", "dedicated-database"));
            assertThat(redis.commands()).contains("INFO");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {":1\r\n", "$-1\r\n", "*0\r\n", "*1\r\n:1\r\n"})
    void types(String reply) {
        try (var redis = answering(Map.of("TYPE", reply))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), COUNTED_BY_KEY);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0\r\n",
                "*1\r\n$10\r\n1700000000\r\n",
                "*2\r\n$18\r\nhunter2-in-a-reply\r\n$1\r\n0\r\n",
                "*2\r\n$19\r\n9223372036854775807\r\n$1\r\n0\r\n",
                "*2\r\n$-1\r\n$-1\r\n",
                "$-1\r\n",
                ":1\r\n"
            })
    void time(String reply) {
        try (var redis = answering(Map.of("TIME", reply, "TYPE", "+zset\r\n"))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), RECENTLY_ACTIVE);
            assertThat(redis.commands()).contains("TIME");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":1\r\n",
                "$-1\r\n",
                "*0\r\n",
                "*1\r\n:1\r\n",
                "*2\r\n$1\r\n0\r\n:7\r\n",
                "*3\r\n$1\r\n0\r\n*1\r\n$9\r\nsession:1\r\n*1\r\n$9\r\nsession:2\r\n",
                "*2\r\n$2\r\n-1\r\n*0\r\n",
                "*2\r\n$1\r\n0\r\n*1\r\n$-1\r\n",
                "*2\r\n$1\r\n0\r\n*2000000\r\n"
            })
    void scans(String reply) {
        try (var redis = answering(Map.of("SCAN", reply, "DBSIZE", ":1000\r\n", "RANDOMKEY", reply))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), Map.of("keyPattern", "session:*"));
            assertThat(redis.commands()).containsAnyOf("SCAN", "RANDOMKEY");
        }
    }

    @Test
    void aNestedReplyFailsItsReadsAndNoLater() {
        var nested = new AtomicBoolean(true);
        try (var redis = ScriptedRedis.answering(command -> switch (command.getFirst()) {
                    case "DBSIZE" -> nested.get() ? "*1\r\n".repeat(100_000).getBytes(UTF_8) : ":3\r\n".getBytes(UTF_8);
                    case "SCAN" ->
                        nested.get()
                                ? "*1\r\n".repeat(100_000).getBytes(UTF_8)
                                : "*2\r\n$1\r\n0\r\n*1\r\n$9\r\nsession:1\r\n".getBytes(UTF_8);
                    default -> "+OK\r\n".getBytes(UTF_8);
                });
                var scaler = RunningScaler.with(Map.of("REDIS_URL", "redis://127.0.0.1:" + redis.port()))) {
            Map<String, String> bySize = Map.of("onUnavailable", "error");
            Map<String, String> byPattern = Map.of("keyPattern", "session:*", "onUnavailable", "error");
            assertThatThrownBy(() -> scaler.metric(bySize)).isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(() -> scaler.metric(byPattern)).isInstanceOf(StatusRuntimeException.class);

            nested.set(false);

            assertThat(scaler.metric(bySize)).isEqualTo(3);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(scaler.metric(byPattern)).isEqualTo(1));
        }
    }

    /** A server that goes on to send, so that no read of the socket is ever late. */
    @Test
    void aReplyThatTricklesEndsInTime() throws IOException {
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var scaler = RunningScaler.with(Map.of(
                        "REDIS_URL", "redis://127.0.0.1:" + listening.getLocalPort(), "ANSWER_TIMEOUT", "500ms"))) {
            var closed = new CountDownLatch(1);
            Thread.startVirtualThread(() -> {
                try (Socket client = listening.accept()) {
                    client.getOutputStream().write('+');
                    while (true) {
                        client.getOutputStream().write('x');
                        Thread.onSpinWait();
                        LockSupport.parkNanos(10_000_000);
                    }
                } catch (IOException e) {
                    closed.countDown();
                }
            });
            assertThatThrownBy(() -> scaler.metric(Map.of("onUnavailable", "error")))
                    .isInstanceOf(StatusRuntimeException.class);

            await().until(() -> closed.getCount() == 0);
        }
    }

    @Test
    void aPasswordThatTheServerRepeatsIsNotShown() {
        String secret = "hunter2 \"in\" an error";
        try (var redis = answering(Map.of(
                        "DBSIZE", "-ERR I know that you are " + secret + "\r\n", "TYPE", "+" + secret + "\r\n"));
                var scaler = RunningScaler.with(
                        Map.of("REDIS_ADDRESS", "127.0.0.1:" + redis.port(), "REDIS_PASSWORD", secret))) {
            assertThatThrownBy(() -> scaler.metric(Map.of("onUnavailable", "error")))
                    .hasMessageContaining("I know that you are ***")
                    .hasMessageNotContaining("hunter2");
            assertThatThrownBy(() -> scaler.metric(Map.of("key", "k", "onUnavailable", "error")))
                    .hasMessageContaining("***")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void aServerThatSendsMoreRepliesThanRequestsIsNotReadFrom() {
        try (var redis = answering(Map.of("DBSIZE", ":7\r\n:5\r\n"))) {
            assertUnavailable("redis://127.0.0.1:" + redis.port(), COUNTED_BY_SIZE);
        }
    }

    @Test
    void aScanThatGivesOneCursorAgainAndAgainEnds() {
        try (var redis = answering(Map.of("SCAN", "*2\r\n$1\r\n7\r\n*0\r\n", "DBSIZE", ":10\r\n"))) {
            assertUnavailable(
                    "redis://127.0.0.1:" + redis.port(), Map.of("keyPattern", "session:*", "accuracy", "exact"));
        }
    }

    /** The error comes later; until then there is no count, though Redis answers. */
    @Test
    void aFirstScanThatDoesNotEndIsNoOutageAndNoZero() {
        var cursor = new AtomicLong();
        try (var redis = ScriptedRedis.answering(command -> switch (command.getFirst()) {
                    case "DBSIZE" -> ":10\r\n".getBytes(UTF_8);
                    case "SCAN" -> {
                        String next = String.valueOf(cursor.incrementAndGet());
                        yield "*2\r\n$%d\r\n%s\r\n*0\r\n"
                                .formatted(next.length(), next)
                                .getBytes(UTF_8);
                    }
                    default -> "+OK\r\n".getBytes(UTF_8);
                });
                var scaler = RunningScaler.with(
                        Map.of("REDIS_URL", "redis://127.0.0.1:" + redis.port(), "ANSWER_TIMEOUT", "4s"))) {
            assertThatThrownBy(() -> scaler.metric(Map.of("keyPattern", "session:*")))
                    .hasMessageContaining("NOT_COUNTED: the first count of the keys 'session:*' is not finished yet");

            assertThat(scaler.get("/api/status").body())
                    .contains("\"problems\":1", "\"condition\":\"error\"", "\"uncounted\":{")
                    .doesNotContain("\"outage\":{");
            assertThat(scaler.scrape())
                    .containsPattern("trigger_outage_seconds\\{.* 0\\.0\n")
                    .containsPattern("trigger_uncounted_seconds\\{.* [0-9.E-]+\n")
                    .doesNotContain("redis_session_scaler_trigger_outage{");
        }
    }

    @Test
    void aServerWithoutANumberOfItsKeysIsPointedOut() {
        try (var redis = answering(Map.of("SCAN", "*2\r\n$1\r\n0\r\n*1\r\n$9\r\nsession:1\r\n", "DBSIZE", ":0\r\n"));
                var scaler = RunningScaler.with(Map.of("REDIS_URL", "redis://127.0.0.1:" + redis.port()))) {
            await().untilAsserted(() -> {
                assertThat(scaler.metric(Map.of())).isZero();
                assertThat(scaler.get("/api/status").body()).contains("does not maintain the number of keys");
            });
        }
    }

    @Test
    void aSentinelThatKnowsNothingIsPassedOver() {
        try (var bad = answering(Map.of("SENTINEL", "*0\r\n"));
                var redis = answering(Map.of("DBSIZE", ":7\r\n", "ROLE", "*0\r\n"));
                var good = answering(Map.of(
                        "SENTINEL",
                        "*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%d\r\n"
                                .formatted(String.valueOf(redis.port()).length(), redis.port())));
                var scaler = RunningScaler.with(Map.of(
                        "REDIS_URL",
                        "redis-sentinel://127.0.0.1:%d,127.0.0.1:%d#main".formatted(bad.port(), good.port())))) {
            assertThat(scaler.metric(Map.of("onUnavailable", "error"))).isEqualTo(7);
        }
    }

    private static ScriptedRedis answering(Map<String, String> replies) {
        return ScriptedRedis.answering(replies.entrySet().stream()
                .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().getBytes(UTF_8))));
    }

    private static void assertUnavailable(String url, Map<String, String> counted) {
        Map<String, String> metadata = new HashMap<>(counted);
        metadata.put("onUnavailable", "error");
        try (var scaler = RunningScaler.with(Map.of("REDIS_URL", url))) {
            assertThatThrownBy(() -> scaler.metric(metadata))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(e.getStatus().getDescription()).isNotBlank().doesNotContain(SECRET);
                    });
        }
    }
}
