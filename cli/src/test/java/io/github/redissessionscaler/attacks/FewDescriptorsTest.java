package io.github.redissessionscaler.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.cli.ScalerProcess;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RedisServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A scaler that has no file descriptor left for another connection. */
@EnabledOnOs(OS.LINUX)
final class FewDescriptorsTest {

    private static final int KEYS = 7;

    /** Descriptors left for connections. */
    private static final int LEFT = 6;

    /** Connections to each port: fewer than their own limits. */
    private static final int CONNECTIONS = 25;

    /** Ticks of processor time in a second, by the ABI of Linux. */
    private static final double TICKS = 100;

    @TempDir
    private Path directory;

    @Test
    void burnsNoCoreServesWhoIsConnectedAndRecovers() throws Exception {
        try (var redis = RedisServer.start();
                var jedis = redis.connect();
                var scaler = ScalerProcess.start(directory, Map.of("REDIS_ADDRESS", redis.address()))) {
            for (int i = 0; i < KEYS; i++) {
                jedis.set("session:" + i, "x");
            }
            ManagedChannel honest = channel(scaler);
            List<Closeable> strangers = new ArrayList<>();
            try {
                assertThat(metric(honest)).isEqualTo(KEYS);
                limit(scaler, descriptors(scaler) + LEFT);
                for (int i = 0; i < CONNECTIONS; i++) {
                    strangers.add(new RawHttp2(scaler.grpcPort(), 0).reading());
                    strangers.add(new Socket(InetAddress.getLoopbackAddress(), scaler.managementPort()));
                }
                await().until(() -> scaler.output().contains("Too many open files"));

                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> coresUsed(scaler) < 0.3);
                for (int i = 0; i < 20; i++) {
                    assertThat(metric(honest)).isEqualTo(KEYS);
                }

                for (Closeable stranger : strangers) {
                    stranger.close();
                }
                strangers.clear();
                ManagedChannel newcomer = channel(scaler);
                try {
                    await().ignoreExceptions().until(() -> metric(newcomer) == KEYS);
                    assertThat(scaler.get("/readyz")).isNotBlank();
                } finally {
                    newcomer.shutdownNow();
                }
                assertThat(scaler.output().lines().count()).isLessThan(200);
            } finally {
                honest.shutdownNow();
                for (Closeable stranger : strangers) {
                    stranger.close();
                }
            }
        }
    }

    private static ManagedChannel channel(ScalerProcess scaler) {
        return NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                .usePlaintext()
                .build();
    }

    private static double metric(ManagedChannel channel) {
        return ExternalScalerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getMetrics(GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(ScaledObjectRef.newBuilder()
                                .setNamespace("shop")
                                .setName("web")
                                .putScalerMetadata("onUnavailable", "error"))
                        .build())
                .getMetricValues(0)
                .getMetricValueFloat();
    }

    private static long descriptors(ScalerProcess scaler) throws IOException {
        try (var files = Files.list(Path.of("/proc", String.valueOf(scaler.pid()), "fd"))) {
            return files.count();
        }
    }

    private static void limit(ScalerProcess scaler, long descriptors) throws IOException, InterruptedException {
        String most = descriptors + ":" + descriptors;
        int status = new ProcessBuilder("prlimit", "--pid", String.valueOf(scaler.pid()), "--nofile=" + most)
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    private double cpuSeconds;
    private long measuredAt;

    /** The processor time since the last call, in cores; at first too much. */
    private double coresUsed(ScalerProcess scaler) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(scaler.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double used = (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) / TICKS;
        long now = System.nanoTime();
        double cores = measuredAt == 0 ? Double.POSITIVE_INFINITY : (used - cpuSeconds) / ((now - measuredAt) / 1e9);
        cpuSeconds = used;
        measuredAt = now;
        return cores;
    }
}
