package io.github.redissessionscaler.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.cli.ScalerProcess;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RedisServer;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that a scaler with its defaults serves at a time, in the heap that it ships with. */
final class FullScalerTest {

    private static final int TRIGGERS = 10_000;

    /** Of the 64 MiB in jvm.options, 20 % are to be free. */
    private static final double LARGEST_LIVE_MIB = 0.8 * 64;

    /** What hours of history take that a test does not wait for, of each trigger: 16 points of 21 bytes, and its events. */
    private static final double HISTORY_MIB = TRIGGERS * (16.0 * 21 + 200) / (1 << 20);

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(?<bytes>\\d+)");

    @TempDir
    private Path directory;

    @Test
    void allTriggersWithStreamsAndUnreadScrapesLeaveAFifthOfTheHeap() throws IOException {
        try (var redis = RedisServer.start();
                var scaler = ScalerProcess.start(directory, Map.of("REDIS_ADDRESS", redis.address()))) {
            var channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
            List<Socket> unread = new ArrayList<>();
            try {
                var answered = new AtomicInteger();
                var failures = new ConcurrentLinkedQueue<Throwable>();
                for (int i = 0; i < TRIGGERS; i++) {
                    ExternalScalerGrpc.newStub(channel)
                            .streamIsActive(trigger(i), new CountedStream(answered, failures));
                }
                await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() == TRIGGERS || !failures.isEmpty());
                assertThat(failures).isEmpty();
                for (int i = 0; i < 20; i++) {
                    var socket = new Socket(InetAddress.getLoopbackAddress(), scaler.managementPort());
                    socket.getOutputStream()
                            .write("GET /metrics?detail=all HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    unread.add(socket);
                }
                assertThat(scaler.get("/metrics")).contains("redis_session_scaler_streams 10000.0");
                assertThat(scaler.get("/api/status?limit=1000&points=400")).contains("\"known\":10000");

                assertThat(liveMib(scaler) + HISTORY_MIB).isLessThan(LARGEST_LIVE_MIB);
                assertThat(scaler.isAlive()).isTrue();
            } finally {
                channel.shutdownNow();
                for (Socket socket : unread) {
                    socket.close();
                }
            }
        }
    }

    private static ScaledObjectRef trigger(int i) {
        return ScaledObjectRef.newBuilder()
                .setNamespace("shop")
                .setName("web-" + i)
                .putScalerMetadata("scalerAddress", "redis-session-scaler.keda:6000")
                .putScalerMetadata("sessionSize", String.valueOf(i + 1))
                .putScalerMetadata("activationSessionSize", "0")
                .build();
    }

    /** What is left after a collection. */
    private static double liveMib(ScalerProcess scaler) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(scaler.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var total = TOTAL.matcher(histogram);
        assertThat(total.find()).as(histogram).isTrue();
        return Double.parseDouble(total.group("bytes")) / (1 << 20);
    }
}
