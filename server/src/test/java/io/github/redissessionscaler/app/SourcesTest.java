package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** One trigger that counts several patterns, databases and servers. */
final class SourcesTest {

    private static final String ONE_DATABASE = """
        - keyPattern: web:sess:*
        - keyPattern: api:sess:*
        """;

    private static final String TWO_SERVERS = """
        - connection: web
          keyPattern: web:sess:*
        - connection: api
          databaseIndex: 3
          keyPattern: api:sess:*
        """;

    @TempDir
    private Path folder;

    private RedisServer web;
    private RedisServer api;
    private RunningScaler scaler;

    @BeforeEach
    void start() throws IOException {
        web = RedisServer.start("--notify-keyspace-events", "EA");
        api = RedisServer.start("--notify-keyspace-events", "EA");
        Path file = Files.writeString(
                folder.resolve("config.yaml"), """
                    connections:
                      web: {address: '%s', namespaces: [shop]}
                      api: {address: '%s'}
                      secret: {address: '%s', namespaces: [bank]}
                    """.formatted(web.address(), api.address(), api.address()));
        scaler = RunningScaler.impatient(Map.of("CONFIG_FILE", file.toString(), "COUNT_REFRESH", "1s"));
        set(web, 0, "web:sess:x", "api:sess:x", "other");
        set(web, 1, "api:sess:x");
        set(api, 3, "api:sess:x");
    }

    @AfterEach
    void stop() {
        scaler.close();
        web.close();
        api.close();
    }

    @Test
    void addsUpPatternsOfOneDatabaseOfTwoAndOfTwoServers() {
        await().untilAsserted(() -> {
            assertThat(scaler.metric(sources("connection", "web", ONE_DATABASE)))
                    .isEqualTo(2);
            assertThat(scaler.metric(sources(
                            "connection", "web", "- keyPattern: web:sess:*\n- {databaseIndex: 1, keyPattern: api:*}")))
                    .isEqualTo(2);
            assertThat(scaler.metric(sources("headroom", "0", TWO_SERVERS))).isEqualTo(2);
            assertThat(scaler.metric(sources(
                            "wholeReplicas", "true", "- connection: web\n- {connection: api, databaseIndex: 3}")))
                    .isEqualTo(100);
        });
    }

    @Test
    void everySourceThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> scaler.metric(
                        sources("headroom", "0", "[{connection: wbe}, {connection: api}, {connection: x}]")))
                .hasMessageContaining("'wbe' is not a connection of the scaler")
                .hasMessageContaining("'x' is not a connection of the scaler");
    }

    @Test
    void everySourceThatCannotBeReadIsNamed() {
        web.kill();
        api.kill();

        assertThatThrownBy(() -> scaler.metric(sources("onUnavailable", "error", TWO_SERVERS)))
                .hasMessageContaining("Redis at " + web.address() + " cannot be reached")
                .hasMessageContaining("; and Redis at " + api.address() + " cannot be reached");
    }

    @Test
    void metricsAndStatusNameEveryConnection() {
        await().until(() -> scaler.metric(sources("headroom", "0", TWO_SERVERS)) == 2);

        assertThat(scaler.scrape())
                .containsPattern("redis_session_scaler_trigger_sessions\\{connection=\"web,api\",[^}]*} 2");
        assertThat(scaler.get("/api/status").body())
                .contains("\"connection\":\"web,api\"")
                .contains("\"sources\":[{\"connection\":\"web\",\"counts\":")
                .contains("{\"connection\":\"api\",\"database\":3,\"counts\":");
    }

    @Test
    void isUnavailableAsAWholeWhereOneSourceIs() {
        Map<String, String> error = sources("onUnavailable", "error", TWO_SERVERS);
        Map<String, String> hold = sources("onUnavailable", "hold", TWO_SERVERS);
        await().untilAsserted(() -> {
            assertThat(scaler.metric(hold)).isEqualTo(2);
            assertThat(scaler.metric(error)).isEqualTo(2);
        });
        set(web, 0, "web:sess:y");

        api.pause();

        await().untilAsserted(
                        () -> assertThatThrownBy(() -> scaler.metric(error)).hasMessageContaining("UNAVAILABLE"));
        assertThat(scaler.metric(sources("headroom", "0", TWO_SERVERS))).isZero();
        assertThat(scaler.metric(hold)).isEqualTo(2);
        assertThat(scaler.metric(sources("connection", "web", ONE_DATABASE))).isPositive();

        api.resume();
        await().untilAsserted(() -> assertThat(scaler.metric(error)).isEqualTo(3));
    }

    @Test
    void everySourceMustBeAllowed() {
        assertThatThrownBy(() -> scaler.metric(sources("headroom", "0", TWO_SERVERS + "- {connection: secret}")))
                .hasMessageContaining("PERMISSION_DENIED")
                .hasMessageContaining("secret");
    }

    @Test
    void changesOfEveryDatabaseArePushed() {
        Map<String, String> moreThanTwo = sources("activationSessionSize", "2", TWO_SERVERS);
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(moreThanTwo), stream);
        await().until(() -> stream.values().equals(List.of(false)));
        assertThat(scaler.scaler().openStreams()).isEqualTo(1);

        set(api, 3, "api:sess:y");
        await().until(() -> stream.values().equals(List.of(false, true)));
        try (Jedis jedis = web.connect()) {
            jedis.del("web:sess:x");
        }
        await().until(() -> stream.values().equals(List.of(false, true, false)));
        set(web, 0, "web:sess:z");
        await().until(() -> stream.values().equals(List.of(false, true, false, true)));

        stream.cancel();
        await().until(() -> scaler.scaler().openStreams() == 0);
    }

    private static Map<String, String> sources(String key, String value, String sources) {
        return new HashMap<>(Map.of(key, value, "sources", sources));
    }

    private static void set(RedisServer server, int database, String... keys) {
        try (Jedis jedis = server.connect()) {
            jedis.select(database);
            for (String key : keys) {
                jedis.set(key, "x");
            }
        }
    }
}
