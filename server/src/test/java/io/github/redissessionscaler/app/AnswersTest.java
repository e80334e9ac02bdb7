package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.MetricSpec;
import io.github.redissessionscaler.proto.MetricValue;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** The unary calls, from a gRPC client to a real Redis. */
final class AnswersTest {

    private static RedisServer redis;
    private static RunningScaler scaler;
    private static Jedis jedis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterAll
    static void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        jedis.flushAll();
    }

    @Test
    void countsTheKeysOfTheDatabaseByDefault() {
        put(101);

        assertThat(scaler.metric(Map.of())).isEqualTo(101);
        assertThat(scaler.isActive(Map.of())).isTrue();
    }

    @Test
    void theDefaultSpecIsThatOfTheOriginalGoSample() {
        MetricSpec spec = scaler.metricSpec(Map.of());

        assertThat(spec.getMetricName()).isEqualTo("session_size");
        assertThat(spec.getTargetSizeFloat()).isEqualTo(100);
        assertThat(integerOf(spec)).isEqualTo(100);
    }

    @Test
    void aFractionNeverBecomesTheIntegerZero() {
        MetricSpec spec = scaler.metricSpec(Map.of("sessionSize", "0.4"));

        assertThat(spec.getTargetSizeFloat()).isEqualTo(0.4);
        assertThat(integerOf(spec)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 100", "100, 100", "101, 200", "250, 300"})
    void wholeReplicasRoundsUp(int sessions, double value) {
        put(sessions);

        assertThat(scaler.metric(Map.of("wholeReplicas", "true"))).isEqualTo(value);
    }

    @Test
    void headroomIsAddedBeforeRounding() {
        put(90);

        assertThat(scaler.metric(Map.of("headroom", "20%"))).isEqualTo(108);
        assertThat(scaler.metric(Map.of("headroom", "20%", "wholeReplicas", "true")))
                .isEqualTo(200);
        assertThat(scaler.metric(Map.of("headroom", "5"))).isEqualTo(95);
    }

    @Test
    void theNumberOfDatabaseThatTheTriggerNames() {
        put(3);
        jedis.select(5);
        put(7);
        jedis.select(0);

        assertThat(scaler.metric(Map.of("databaseIndex", "5"))).isEqualTo(7);
        assertThat(scaler.metric(Map.of())).isEqualTo(3);
    }

    @Test
    void activationSessionSizeWantsMoreThanThat() {
        put(10);

        assertThat(scaler.isActive(Map.of("activationSessionSize", "10"))).isFalse();
        assertThat(scaler.isActive(Map.of("activationSessionSize", "9"))).isTrue();
    }

    @Test
    void activeKeyDecides() {
        Map<String, String> metadata = Map.of("activeKey", "active");
        assertThat(scaler.isActive(metadata)).isFalse();

        jedis.set("active", "1");
        assertThat(scaler.isActive(metadata)).isTrue();

        jedis.set("active", "0");
        assertThat(scaler.isActive(metadata)).isFalse();
    }

    @Test
    void aTargetOutOfRedisScalesTheValueAndLeavesTheMetricAlone() {
        Map<String, String> metadata = Map.of("sessionSizeKey", "target", "sessionSize", "30");
        put(119);
        jedis.set("target", "60");
        assertThat(scaler.metric(metadata)).isEqualTo(60);
        assertThat(scaler.metricSpec(metadata).getTargetSizeFloat()).isEqualTo(30);

        jedis.set("target", "15");
        assertThat(scaler.metric(metadata)).isEqualTo(240);
        assertThat(scaler.metricSpec(metadata).getTargetSizeFloat()).isEqualTo(30);

        jedis.set("target", "30");
        assertThat(scaler.metric(metadata)).isEqualTo(120);
    }

    @Test
    void wholeReplicasOfATargetOutOfRedisAreWholeOnesOfTheMetric() {
        Map<String, String> metadata = Map.of("sessionSizeKey", "target", "wholeReplicas", "true");
        put(399);
        jedis.set("target", "100");
        assertThat(scaler.metric(metadata)).isEqualTo(400);

        jedis.set("target", "1000");
        assertThat(scaler.metric(metadata)).isEqualTo(100);
        assertThat(scaler.metricSpec(metadata).getTargetSizeFloat()).isEqualTo(100);
    }

    @Test
    void aKeyWithoutATargetMeansSessionSizeAtOnce() {
        Map<String, String> metadata = Map.of("sessionSizeKey", "target", "sessionSize", "30");
        put(29);
        jedis.set("target", "60");
        assertThat(scaler.metric(metadata)).isEqualTo(15);

        jedis.set("target", "-1");
        assertThat(scaler.metric(metadata)).isEqualTo(30);

        jedis.set("target", "60");
        assertThat(scaler.metric(metadata)).isEqualTo(15);
        jedis.del("target");
        assertThat(scaler.metric(metadata)).isEqualTo(29);
    }

    @Test
    void theNextIntegerIsReportedToKedaThatKnowsNoFractions() {
        put(21);

        MetricValue value = scaler.stub()
                .getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(RunningScaler.ref(Map.of("headroom", "0.1")))
                        .build())
                .getMetricValues(0);

        assertThat(value.getMetricValueFloat()).isEqualTo(21.1);
        assertThat(integerOf(value)).isEqualTo(22);
    }

    @Test
    void bothFieldsOfAValueAreFilled() {
        put(42);

        MetricValue value = scaler.stub()
                .getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(RunningScaler.ref(Map.of("metricName", "sessions")))
                        .build())
                .getMetricValues(0);

        assertThat(value.getMetricName()).isEqualTo("sessions");
        assertThat(value.getMetricValueFloat()).isEqualTo(42);
        assertThat(integerOf(value)).isEqualTo(42);
    }

    @Test
    void everyProblemOfTheMetadataIsInOneMessage() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> scaler.metric(Map.of("sessionSize", "abc", "sesionSize", "100", "headroom", "-5")));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription())
                .contains("sessionSize:")
                .contains("'abc'")
                .contains("sesionSize:")
                .contains("headroom:");
    }

    @Test
    void anUnknownConnectionIsTheUsersMistake() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> scaler.metric(Map.of("connection", "nowhere")));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).contains("connection").contains("nowhere");
    }

    @SuppressWarnings("deprecation") // KEDA before 2.17 reads it
    private static long integerOf(MetricSpec spec) {
        return spec.getTargetSize();
    }

    @SuppressWarnings("deprecation") // KEDA before 2.17 reads it
    private static long integerOf(MetricValue value) {
        return value.getMetricValue();
    }

    private static void put(int keys) {
        if (keys > 0) {
            jedis.mset(IntStream.range(0, keys)
                    .boxed()
                    .flatMap(i -> java.util.stream.Stream.of("session:" + i, "x"))
                    .toArray(String[]::new));
        }
    }
}
