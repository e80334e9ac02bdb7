package io.github.redissessionscaler.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.cli.ScalerProcess;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RedisServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that a scaler with its defaults serves at a time, in the heap that it ships with. */
final class FullScalerTest {

    /** In five databases: as many as all patterns together may be. */
    private static final int PATTERNS = 1_000;

    private static final int PATTERNS_OF_A_DATABASE = 200;

    private static final int STREAMS = 8_000;

    private static final int TRIGGERS = PATTERNS + STREAMS;

    private static final int CALLS = 4_000;

    private static final int CONNECTIONS = 120;

    /** Of the 64 MiB in jvm.options, 20 % are to be free. */
    private static final double LARGEST_LIVE_MIB = 0.8 * 64;

    /**
     * What a test does not wait for: hours of history, of each trigger 16 points of 21 bytes, and its events; and the samples of a
     * minute, of which all patterns together keep 16,384.
     */
    private static final double LATER_MIB = (TRIGGERS * (16.0 * 21 + 200) + 16_384 * 52.0) / (1 << 20);

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(?<bytes>\\d+)");

    /** What the collector puts into gaps; it is free as soon as the collector compacts the heap. */
    private static final Pattern FILLER =
            Pattern.compile("\\d+:\\s+\\d+\\s+(?<bytes>\\d+)\\s+\\[Ljdk\\.internal\\.vm\\.FillerElement;");

    @TempDir
    private Path directory;

    @Test
    void allThatStaysLeavesAFifthOfTheHeapAndCallsThatDoNotFitAreRefused() throws IOException {
        try (var redis = RedisServer.start();
                var scaler = ScalerProcess.start(
                        directory, Map.of("REDIS_ADDRESS", redis.address(), "ANSWER_TIMEOUT", "30s"))) {
            List<ManagedChannel> channels = new ArrayList<>();
            List<Socket> sockets = new ArrayList<>();
            try {
                ManagedChannel channel = channel(scaler, channels);
                openStreams(channel);
                var counted = new AtomicInteger();
                var refusals = new ConcurrentLinkedQueue<Throwable>();
                for (int i = 0; i < PATTERNS; i++) {
                    ask(channel, i, counted, refusals);
                    int asked = i + 1;
                    if (asked % PATTERNS_OF_A_DATABASE == 0) {
                        await().atMost(Duration.ofMinutes(2))
                                .until(() -> counted.get() == asked || !refusals.isEmpty());
                    }
                }
                assertThat(refusals).isEmpty();
                for (int i = 0; i < CONNECTIONS; i++) {
                    sockets.add(new Socket(InetAddress.getLoopbackAddress(), scaler.grpcPort()));
                    new RawHttp2(sockets.getLast(), 0).ping();
                }
                for (int i = 0; i < 20; i++) {
                    var socket = new Socket(InetAddress.getLoopbackAddress(), scaler.managementPort());
                    socket.getOutputStream()
                            .write("GET /metrics?detail=all HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    sockets.add(socket);
                }
                assertThat(scaler.get("/metrics")).contains("redis_session_scaler_streams 8000.0");
                assertThat(scaler.get("/api/status?limit=1000&points=400")).contains("\"known\":9000");

                assertThat(mostLiveMibDuringScrapes(scaler) + LATER_MIB).isLessThan(LARGEST_LIVE_MIB);

                redis.pause();
                ManagedChannel another = channel(scaler, channels);
                for (int i = 0; i < CALLS; i++) {
                    ask(another, i, counted, refusals);
                }
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> !refusals.isEmpty() || callsInProgress(scaler) >= CALLS);

                assertThat(scaler.isAlive()).isTrue();
                assertThat(refusals)
                        .allSatisfy(refusal -> assertThat(refusal).hasMessageContaining("RESOURCE_EXHAUSTED"));
            } finally {
                redis.resume();
                channels.forEach(ManagedChannel::shutdownNow);
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    private static ManagedChannel channel(ScalerProcess scaler, List<ManagedChannel> channels) {
        channels.add(NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                .usePlaintext()
                .build());
        return channels.getLast();
    }

    private static void openStreams(ManagedChannel channel) {
        var answered = new AtomicInteger();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = PATTERNS; i < TRIGGERS; i++) {
            ExternalScalerGrpc.newStub(channel).streamIsActive(trigger(i), new CountedStream(answered, failures));
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() == STREAMS || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    private static void ask(ManagedChannel channel, int i, AtomicInteger answered, Queue<Throwable> failures) {
        ExternalScalerGrpc.newStub(channel)
                .getMetrics(
                        GetMetricsRequest.newBuilder()
                                .setScaledObjectRef(trigger(i))
                                .build(),
                        new StreamObserver<GetMetricsResponse>() {
                            @Override
                            public void onNext(GetMetricsResponse response) {
                                answered.incrementAndGet();
                            }

                            @Override
                            public void onError(Throwable error) {
                                failures.add(error);
                            }

                            @Override
                            public void onCompleted() {
                                // counted with its message
                            }
                        });
    }

    private static double callsInProgress(ScalerProcess scaler) {
        return scaler.get("/metrics")
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_grpc_calls "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static ScaledObjectRef trigger(int i) {
        var trigger = ScaledObjectRef.newBuilder()
                .setNamespace("shop")
                .setName("web-" + i)
                .putScalerMetadata("scalerAddress", "redis-session-scaler.keda:6000")
                .putScalerMetadata("sessionSize", String.valueOf(i + 1))
                .putScalerMetadata("activationSessionSize", "0");
        if (i < PATTERNS) {
            trigger.putScalerMetadata("databaseIndex", String.valueOf(1 + i / PATTERNS_OF_A_DATABASE))
                    .putScalerMetadata("keyPattern", "web-" + i + ":*");
        }
        return trigger.build();
    }

    /** What is left after a collection. */
    /** The most of several measurements while scrapes of everything follow one another. */
    private static double mostLiveMibDuringScrapes(ScalerProcess scaler) throws IOException {
        var measured = new AtomicBoolean();
        Thread scrapes = Thread.ofVirtual().start(() -> {
            while (!measured.get()) {
                scaler.get("/metrics?detail=all");
            }
        });
        double most = 0;
        for (int i = 0; i < 10; i++) {
            most = Math.max(most, liveMib(scaler));
        }
        measured.set(true);
        await().until(() -> !scrapes.isAlive());
        return most;
    }

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
        double filler = FILLER.matcher(histogram)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group("bytes")))
                .sum();
        return (Double.parseDouble(total.group("bytes")) - filler) / (1 << 20);
    }
}
