package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A configuration file that changes while the scaler runs. */
final class ReloadTest {

    private static final Map<String, String> PLAIN = Map.of();

    @TempDir
    private Path directory;

    private RedisServer first;
    private RedisServer second;
    private RunningScaler scaler;

    @BeforeEach
    void start() throws IOException {
        first = RedisServer.start();
        second = RedisServer.start();
        try (Jedis ofFirst = first.connect();
                Jedis ofSecond = second.connect()) {
            ofFirst.set("session:1", "x");
            ofSecond.mset("session:1", "x", "session:2", "x");
        }
        configure("connections: {default: {address: '127.0.0.1:%d'}}".formatted(first.port()));
        scaler = RunningScaler.with(Map.of("CONFIG_FILE", file().toString(), "COUNT_REFRESH", "1h"));
    }

    @AfterEach
    void stop() {
        scaler.close();
        first.close();
        second.close();
    }

    @Test
    void aConnectionLeadsElsewhereWithNothingDropped() throws IOException {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        Map<String, String> moreThanOne = Map.of("activationSessionSize", "1");
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(moreThanOne), stream);
        await().until(() -> stream.values().equals(List.of(false)));
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);
        assertThat(scaler.metric(Map.of("keyPattern", "session:*"))).isEqualTo(1);

        configure("connections: {default: {address: '127.0.0.1:%d'}}".formatted(second.port()));

        await().until(() -> scaler.metric(PLAIN) == 2);
        await().until(() -> stream.values().getLast());
        await().until(() -> scaler.metric(Map.of("keyPattern", "session:*")) == 2);
        assertThat(stream.end()).isEmpty();
    }

    @Test
    void anotherSessionSizeOfTheScalerScalesTheValueOfTriggersThatNameNone() throws IOException {
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);

        configure("sessionSize: 40\nconnections: {default: {address: '127.0.0.1:%d'}}".formatted(first.port()));

        await().until(() -> scaler.metric(PLAIN) == 2.5);
        assertThat(scaler.metricSpec(PLAIN).getTargetSizeFloat()).isEqualTo(100);
        assertThat(scaler.metric(Map.of("wholeReplicas", "true"))).isEqualTo(100);
        assertThat(scaler.metric(Map.of("sessionSize", "50"))).isEqualTo(1);
        assertThat(scaler.metricSpec(Map.of("sessionSize", "50")).getTargetSizeFloat())
                .isEqualTo(50);
    }

    @Test
    void aNamespaceLosesItsConnection() throws IOException {
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(PLAIN), stream);
        await().until(() -> stream.values().equals(List.of(true)));

        configure("connections: {default: {address: '127.0.0.1:%d', namespaces: [blog]}}".formatted(first.port()));

        await().untilAsserted(() -> assertThatThrownBy(() -> scaler.metric(PLAIN))
                .hasMessageContaining("PERMISSION_DENIED")
                .hasMessageContaining("'shop' may not use 'default'"));
        await().until(() -> stream.end().map(Status::getCode).equals(Optional.of(Status.Code.PERMISSION_DENIED)));
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .containsPattern("rpc_seconds_count\\{code=\"PERMISSION_DENIED\",method=\"GetMetrics\"} [1-9]")
                .contains("streams_ended_total{code=\"PERMISSION_DENIED\",method=\"StreamIsActive\"} 1.0"));
    }

    @Test
    void aRemovedConnectionIsAnErrorUntilItIsBack() throws IOException {
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);

        configure("connections: {other: {address: '127.0.0.1:%d'}}".formatted(second.port()));
        await().untilAsserted(() -> assertThatThrownBy(() -> scaler.metric(PLAIN))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("this namespace may use other"));
        assertThat(scaler.metric(Map.of("connection", "other"))).isEqualTo(2);

        configure("connections: {default: {address: '127.0.0.1:%d'}}".formatted(first.port()));
        await().ignoreExceptions().until(() -> scaler.metric(PLAIN) == 1);
    }

    @Test
    void aBrokenConfigurationChangesNothingAndShows() throws IOException, InterruptedException {
        configure("connections: {default: {adress: '127.0.0.1:%d'}}".formatted(second.port()));

        await().until(() -> scaler.scrape().contains("redis_session_scaler_config_refused 1.0"));
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);

        configure("connections: {default: {address: '127.0.0.1:%d'}}".formatted(second.port()));
        await().until(() -> scaler.scrape().contains("redis_session_scaler_config_refused 0.0"));
        assertThat(scaler.metric(PLAIN)).isEqualTo(2);
    }

    @Test
    void aConnectionWithoutItsPasswordFileChangesNothingUntilTheFileIsThere() throws IOException {
        try (Jedis jedis = second.connect()) {
            jedis.aclSetUser("default", "resetpass", ">hush");
        }
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);
        Path password = directory.resolve("password");
        configure("connections: {default: {address: '127.0.0.1:%d', passwordFile: '%s'}}"
                .formatted(second.port(), password));

        await().until(() -> scaler.scrape().contains("redis_session_scaler_config_refused 1.0"));
        assertThat(scaler.metric(PLAIN)).isEqualTo(1);

        Files.writeString(directory.resolve("new"), "hush");
        Files.move(directory.resolve("new"), password);
        await().until(() -> scaler.scrape().contains("redis_session_scaler_config_refused 0.0"));
        assertThat(scaler.metric(PLAIN)).isEqualTo(2);
    }

    @Test
    void aChangeIsUsedAfterAnErrorAndTheFileReadAgain() throws IOException {
        List<Double> sizes = new CopyOnWriteArrayList<>();
        var source = ConfigSource.of(Map.of(
                "CONFIG_FILE",
                file().toString(),
                "LISTEN_ADDRESS",
                "127.0.0.1",
                "GRPC_PORT",
                "0",
                "MANAGEMENT_PORT",
                "0"));
        try (var other = Scaler.start(source, config -> {
            sizes.add(config.sessionSize());
            if (sizes.equals(List.of(40.0))) {
                throw new StackOverflowError();
            }
        })) {
            assertThat(other.openStreams()).isZero();
            configure("sessionSize: 40\nconnections: {default: {address: '127.0.0.1:%d'}}".formatted(first.port()));
            await().until(() -> InternalErrors.counts().containsKey("reading the configuration"));
            await().until(() -> sizes.equals(List.of(40.0, 40.0)));

            configure("sessionSize: 50\nconnections: {default: {address: '127.0.0.1:%d'}}".formatted(first.port()));

            await().until(() -> sizes.contains(50.0));
        }
    }

    private Path file() {
        return directory.resolve("config.yaml");
    }

    private void configure(String content) throws IOException {
        Path written = Files.writeString(directory.resolve("new.yaml"), content);
        Files.move(written, file(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
