package io.github.redissessionscaler.counting.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisBinaries;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/** Keys of the type of a module, as a server with RedisJSON returns it. */
final class ModuleTypesTest {

    private static final Map<String, String> TYPES =
            Map.of("s:1", "ReJSON-RL", "s:2", "ReJSON-RL", "s:3", "string", "s:4", "hash");

    /** Answers as a server with RedisJSON, or is one. */
    interface JsonServer {
        void use(IntConsumer test);
    }

    static Stream<Named<JsonServer>> servers() {
        return Stream.concat(
                Stream.of(Named.of("scripted", ModuleTypesTest::scripted)),
                RedisBinaries.jsonModule().stream()
                        .map(module -> Named.of("RedisJSON", test -> withModule(module, test))));
    }

    private static void scripted(IntConsumer test) {
        try (var redis = ScriptedRedis.answering(ModuleTypesTest::reply)) {
            test.accept(redis.port());
            assertThat(redis.commands()).doesNotContain("GET", "JSON.GET", "DUMP");
        }
    }

    private static void withModule(String module, IntConsumer test) {
        try (var redis = RedisServer.start("--loadmodule", module);
                Jedis jedis = redis.connect()) {
            Stream.of("s:1", "s:2")
                    .forEach(key -> jedis.sendCommand(() -> "JSON.SET".getBytes(UTF_8), key, "$", "{\"user\": 7}"));
            jedis.set("s:3", "hello");
            jedis.hset("s:4", "user", "7");
            TYPES.keySet().forEach(key -> jedis.expire(key, 600));
            test.accept(redis.port());
            assertThat(redis.calls("json.get")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void keyTypeNamesATypeOfAModule(JsonServer server) {
        server.use(port -> {
            try (var scaler = RunningScaler.onPort(port)) {
                assertThat(scaler.metric(Map.of("keyPattern", "s:*", "keyType", "ReJSON-RL")))
                        .isEqualTo(2);
                assertThat(scaler.metric(Map.of("keyPattern", "s:*", "keyType", "rejson-rl")))
                        .isEqualTo(2);
                assertThat(scaler.metric(Map.of("keyPattern", "s:*", "keyType", "hash")))
                        .isEqualTo(1);
                assertThat(scaler.metric(Map.of("keyPattern", "s:*", "minSize", "1")))
                        .as("Redis does not give the size of a module's key")
                        .isEqualTo(2);
                assertThat(scaler.metric(Map.of("keyPattern", "s:*", "keyType", "ReJSON-RL", "minTtl", "5s")))
                        .isEqualTo(2);
                await().untilAsserted(() -> assertThat(scaler.get("/api/status").body())
                        .contains("2 of 4 inspected keys have a matching name but the type hash or"
                                + " string, not ReJSON-RL")
                        .contains("3 of 4 inspected keys have a matching name but the type ReJSON-RL or"
                                + " string, not hash"));
            }
        });
    }

    private static byte[] reply(List<String> command) {
        String reply = switch (command.getFirst()) {
            case "HELLO" -> "*2\r\n$5\r\nproto\r\n:2\r\n";
            case "DBSIZE" -> ":" + TYPES.size() + "\r\n";
            case "SCAN" ->
                "*2\r\n$1\r\n0\r\n*" + TYPES.size() + "\r\n"
                        + TYPES.keySet().stream()
                                .map(key -> "$" + key.length() + "\r\n" + key + "\r\n")
                                .collect(Collectors.joining());
            case "TYPE" -> "+" + TYPES.getOrDefault(command.getLast(), "none") + "\r\n";
            case "PTTL" -> ":60000\r\n";
            case "STRLEN", "HLEN" -> ":5\r\n";
            case "INFO" -> "$0\r\n\r\n";
            case "RANDOMKEY" -> "$-1\r\n";
            default -> "+OK\r\n";
        };
        return reply.getBytes(UTF_8);
    }
}
