package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A trigger that is refused, beside one that is served. KEDA fails every metric of a ScaledObject when GetMetricSpec fails for
 * one of its triggers, and shows only what the other calls say.
 */
final class RefusedTriggerTest {

    private static final String MISTYPED = "sesionSize";
    private static final Map<String, String> BAD =
            Map.of(MISTYPED, "50", "sessionSize", "60", "metricName", "carts", "headroom", "-1");

    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusedTriggers.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @TempDir
    private Path directory;

    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() throws IOException {
        logger.setLevel(Level.INFO);
        appender.start();
        logger.addAppender(appender);
        redis = RedisServer.start();
        Path config = Files.writeString(directory.resolve("config.yaml"), """
            connections:
              default: {address: '127.0.0.1:%1$d'}
              private: {address: '127.0.0.1:%1$d', namespaces: [blog]}
            triggerLimit: 2
            """.formatted(redis.port()));
        scaler = RunningScaler.with(Map.of("CONFIG_FILE", config.toString()));
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    @Test
    void hasAMetricSpecAndEveryOtherCallRefusesIt() {
        assertThat(scaler.metricSpec(BAD).getMetricName()).isEqualTo("carts");
        assertThat(scaler.metricSpec(BAD).getTargetSizeFloat()).isEqualTo(60);
        assertThat(scaler.metric(Map.of())).isZero();

        assertThatThrownBy(() -> scaler.metric(BAD))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("sesionSize: is not a known key; did you mean 'sessionSize'?")
                .hasMessageContaining("headroom:");
        assertThatThrownBy(() -> scaler.isActive(BAD)).hasMessageContaining("INVALID_ARGUMENT");
        assertThat(endOfStream(BAD).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void hasAMetricSpecWhereTheConnectionIsMissingOrDenied() {
        for (String connection : List.of("nowhere", "private")) {
            assertThat(scaler.metricSpec(Map.of("connection", connection)).getTargetSizeFloat())
                    .isEqualTo(100);
        }

        assertThatThrownBy(() -> scaler.metric(Map.of("connection", "private")))
                .hasMessageContaining("PERMISSION_DENIED");
        assertThat(refusals()).singleElement().asString().contains("'shop' may not use 'private'");
    }

    @Test
    void learnsNoNameOfAConnectionThatItMayNotUse() {
        for (String connection : List.of("nowhere", "privat", "privates")) {
            assertThatThrownBy(() -> scaler.metric(Map.of("connection", connection)))
                    .hasMessageContaining("'" + connection + "' is not a connection of the scaler")
                    .hasMessageContaining("this namespace may use default")
                    .hasMessageNotContaining("private,")
                    .hasMessageNotContaining("'private'")
                    .hasMessageNotContaining(" private");
        }
    }

    @Test
    void hasAMetricSpecBeyondTheLimitAndTakesNoPlaceForIt() {
        for (int i = 0; i < 10; i++) {
            assertThat(scaler.metricSpec(Map.of("metricName", "spec" + i)).getMetricName())
                    .isEqualTo("spec" + i);
        }
        assertThat(scaler.metric(Map.of("metricName", "m1"))).isZero();
        assertThat(scaler.metric(Map.of("metricName", "m2"))).isZero();

        assertThatThrownBy(() -> scaler.metric(Map.of("metricName", "m3"))).hasMessageContaining("TRIGGER_LIMIT");
        assertThat(scaler.metricSpec(Map.of("metricName", "m3")).getMetricName())
                .isEqualTo("m3");
        assertThat(refusals()).singleElement().asString().contains("TRIGGER_LIMIT");
    }

    @Test
    void isLoggedOnceWithItsScaledObject() {
        for (int poll = 0; poll < 3; poll++) {
            scaler.metricSpec(BAD);
            assertThatThrownBy(() -> scaler.metric(BAD)).hasMessageContaining(MISTYPED);
            assertThatThrownBy(() -> scaler.isActive(BAD)).hasMessageContaining(MISTYPED);
            endOfStream(BAD);
        }

        assertThat(appender.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage())
                    .startsWith("Trigger refused: ")
                    .contains("sesionSize: is not a known key");
            assertThat(line.getKeyValuePairs())
                    .extracting(pair -> pair.key + "=" + pair.value)
                    .containsExactly("namespace=shop", "scaledObject=web");
        });
        assertThat(scaler.scrape()).contains("redis_session_scaler_triggers_refused 1.0");
    }

    @Test
    void withANameThatIsNoneHasAMetricSpecToo() {
        var ref = ScaledObjectRef.newBuilder()
                .setNamespace("two\nlines")
                .setName("n".repeat(300))
                .build();

        assertThat(scaler.stub().getMetricSpec(ref).getMetricSpecs(0).getMetricName())
                .isEqualTo("session_size");
        assertThatThrownBy(() -> scaler.stub().isActive(ref)).hasMessageContaining("INVALID_ARGUMENT");
        assertThat(appender.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getKeyValuePairs())
                        .extracting(pair -> String.valueOf(pair.value))
                        .allSatisfy(
                                value -> assertThat(value).hasSizeLessThan(100).doesNotContain("\n")));
    }

    private Status endOfStream(Map<String, String> metadata) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(metadata), stream);
        return await().until(stream::end, Optional::isPresent).orElseThrow();
    }

    private List<String> refusals() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
