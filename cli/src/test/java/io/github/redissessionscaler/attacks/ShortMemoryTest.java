package io.github.redissessionscaler.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.cli.ScalerProcess;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RedisServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scaler whose limits permit more than its heap can hold. */
final class ShortMemoryTest {

    private static final int STREAMS = 10_000;

    /** Few enough that a slow machine answers all of them before the scaler takes them for calls that never end. */
    private static final int BATCH = 500;

    @TempDir
    private Path directory;

    @Test
    void refusesWhatItsHeapDoesNotHoldAndServesTheRest() {
        try (var redis = RedisServer.start();
                var scaler =
                        ScalerProcess.start(directory, Map.of("REDIS_ADDRESS", redis.address()), List.of("-Xmx32m"))) {
            var channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
            try {
                var answered = new AtomicInteger();
                var failures = new ConcurrentLinkedQueue<Throwable>();
                for (int opened = 0; opened < STREAMS && failures.isEmpty(); opened += BATCH) {
                    open(channel, opened, answered, failures);
                    int due = opened + BATCH;
                    await().atMost(Duration.ofMinutes(1)).until(() -> answered.get() + failures.size() >= due);
                }

                assertThat(scaler.isAlive()).isTrue();
                assertThat(answered).hasValueGreaterThan(1000);
                // a call that is refused before its message has arrived is reset, which carries no text
                assertThat(failures)
                        .isNotEmpty()
                        .anySatisfy(failure -> assertThat(failure).hasMessageContaining("RESOURCE_EXHAUSTED"));
                assertThat(scaler.output()).contains("The heap is nearly full");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static void open(ManagedChannel channel, int first, AtomicInteger answered, Queue<Throwable> failures) {
        for (int i = first; i < first + BATCH; i++) {
            ExternalScalerGrpc.newStub(channel)
                    .streamIsActive(
                            ScaledObjectRef.newBuilder()
                                    .setNamespace("shop")
                                    .setName("web-" + i)
                                    .putScalerMetadata("sessionSize", String.valueOf(i + 1))
                                    .putScalerMetadata("activationSessionSize", "0")
                                    .build(),
                            new CountedStream(answered, failures));
        }
    }
}
