package io.github.redissessionscaler.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ExternalScalerGrpc.ExternalScalerBlockingStub;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Keys and values larger than the heap that the scaler has in production. */
final class LargeKeysTest {

    private static final int ORDINARY = 100;
    private static final int LONG = 1_500;
    private static final int VERY_LONG = 100;

    /** Ten times what ended the scaler before it had limits. */
    private static final int LARGE = 240 << 20;

    @TempDir
    private Path directory;

    @Test
    void theyAreCountedOrRefusedAndCostLittle() {
        try (var redis = RedisServer.start();
                Jedis jedis = redis.connect();
                var scaler = ScalerProcess.start(
                        directory, Map.of("REDIS_ADDRESS", redis.address(), "ANSWER_TIMEOUT", "20s"))) {
            for (int i = 0; i < ORDINARY; i++) {
                jedis.set("session:o" + i, "1");
            }
            for (int i = 0; i < LONG; i++) {
                jedis.set(key("session:l" + i, 64 << 10), new byte[0]);
            }
            for (int i = 0; i < VERY_LONG; i++) {
                jedis.set(key("session:v" + i, 500 << 10), new byte[0]);
            }
            jedis.setrange("large", LARGE, "x");
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
            var stub = ExternalScalerGrpc.newBlockingStub(channel);

            await().ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(metric(stub, Map.of("keyPattern", "session:*", "onUnavailable", "error")))
                                    .isEqualTo(ORDINARY + LONG + VERY_LONG));
            assertThatThrownBy(() -> metric(stub, Map.of("key", "large", "onUnavailable", "error")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("is not a number");
            assertThat(metric(stub, Map.of("sessionSizeKey", "large", "onUnavailable", "error")))
                    .isEqualTo(ORDINARY + LONG + VERY_LONG + 1);
            assertThat(stub.isActive(RunningScaler.ref(Map.of("activeKey", "large", "onUnavailable", "error")))
                            .getResult())
                    .isFalse();
            channel.shutdownNow();

            scaler.terminate();
            assertThat(scaler.awaitEnd()).isEqualTo(128 + 15);
        }
    }

    private static byte[] key(String beginning, int length) {
        byte[] key = Arrays.copyOf(beginning.getBytes(US_ASCII), length);
        Arrays.fill(key, beginning.length(), length, (byte) 'x');
        return key;
    }

    private static double metric(ExternalScalerBlockingStub stub, Map<String, String> metadata) {
        return stub.getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(RunningScaler.ref(metadata))
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }
}
