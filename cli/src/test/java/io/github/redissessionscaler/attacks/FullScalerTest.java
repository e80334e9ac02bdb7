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
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All limits of a scaler with its defaults are reached at the same time, in the heap that it ships with. */
final class FullScalerTest {

    /** In five databases: as many as all patterns together may be. */
    private static final int PATTERNS = 1_000;

    private static final int PATTERNS_OF_A_DATABASE = 200;

    /** Each has a stream. */
    private static final int TRIGGERS = 10_000;

    private static final int CALLS = 8_000;

    private static final int CONNECTIONS = 120;

    /** Bytes of the first frame of a server. */
    private static final int SETTINGS_HEADER = 9;

    private static final int SCRAPES = 60;

    /** Of the 68 MiB in jvm.options, 20 % are to be free. */
    private static final double LARGEST_LIVE_MIB = 0.8 * 68;

    /**
     * What a test does not wait for: hours of history, of each trigger 13 points of 21 bytes in six arrays, and its events; the
     * samples of a minute, of which all patterns together keep 16,384; and 256 connections that stay for seconds, because their
     * clients send nothing.
     */
    private static final double LATER_MIB =
            (TRIGGERS * (13.0 * 21 + 6 * 16 + 200) + 16_384 * 52.0 + 256 * 1_500.0) / (1 << 20);

    private static final int MEASUREMENTS = 10;

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(?<bytes>\\d+)");

    /** What the collector puts into gaps; it is free as soon as the collector compacts the heap. */
    private static final Pattern FILLER =
            Pattern.compile("\\d+:\\s+\\d+\\s+(?<bytes>\\d+)\\s+\\[Ljdk\\.internal\\.vm\\.FillerElement;");

    @TempDir
    private Path directory;

    @Test
    void allLimitsReachedAtOnceLeaveAFifthOfTheHeap() throws IOException {
        try (var redis = RedisServer.start();
                var scaler = ScalerProcess.start(
                        directory, Map.of("REDIS_ADDRESS", redis.address(), "ANSWER_TIMEOUT", "30s"))) {
            List<ManagedChannel> channels = new ArrayList<>();
            List<Socket> sockets = new ArrayList<>();
            try {
                openStreams(channel(scaler, channels));
                leaveScrapesUnread(scaler, sockets);
                assertThat(scaler.get("/metrics")).contains("redis_session_scaler_streams 10000.0");
                assertThat(scaler.get("/api/status?limit=1000&points=400")).contains("\"known\":10000");

                redis.pause();
                callWithoutReading(scaler, sockets);
                Live hanging = mostLiveDuringScrapes(scaler);
                assertThat(hanging.mib() + LATER_MIB)
                        .as("while Redis hangs%n%s", hanging.largest())
                        .isLessThan(LARGEST_LIVE_MIB);

                redis.resume();
                Live unread = mostLiveDuringScrapes(scaler);
                assertThat(unread.mib() + LATER_MIB)
                        .as("with unread answers%n%s", unread.largest())
                        .isLessThan(LARGEST_LIVE_MIB);
                assertThat(scaler.output()).doesNotContain("The heap is nearly full");
                assertThat(scaler.isAlive()).isTrue();
            } finally {
                redis.resume();
                channels.forEach(ManagedChannel::shutdownNow);
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    private static void leaveScrapesUnread(ScalerProcess scaler, List<Socket> sockets) throws IOException {
        for (int i = 0; i < SCRAPES; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), scaler.managementPort());
            socket.getOutputStream()
                    .write("GET /metrics?detail=all HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
        for (Socket socket : sockets) {
            awaitAnswer(socket);
        }
    }

    /** Waits for the first byte of the answer. Answers that come later could make the scaler disconnect the honest client. */
    private static void awaitAnswer(Socket socket) throws IOException {
        try {
            var _ = socket.getInputStream().read();
        } catch (SocketException e) {
            // the scaler has closed the connection, because too much is unread
        }
    }

    /** Makes calls about all triggers over many connections whose clients read no answer. */
    private static void callWithoutReading(ScalerProcess scaler, List<Socket> sockets) throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), scaler.grpcPort());
            sockets.add(socket);
            var connection = new RawHttp2(socket, 0);
            // handshakes are few at a time
            assertThat(socket.getInputStream().readNBytes(SETTINGS_HEADER)).hasSize(SETTINGS_HEADER);
            for (int j = i; j < CALLS; j += CONNECTIONS) {
                byte[] request = GetMetricsRequest.newBuilder()
                        .setScaledObjectRef(trigger(j))
                        .build()
                        .toByteArray();
                connection.message(connection.begin(Payloads.GET_METRICS), request);
            }
            connection.flush();
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> callsInProgress(scaler) + refusedCalls(scaler) >= CALLS);
    }

    private static ManagedChannel channel(ScalerProcess scaler, List<ManagedChannel> channels) {
        channels.add(NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                .usePlaintext()
                .build());
        return channels.getLast();
    }

    /** One for each trigger; patterns database by database. */
    private static void openStreams(ManagedChannel channel) {
        var answered = new AtomicInteger();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = PATTERNS; i < TRIGGERS; i++) {
            ExternalScalerGrpc.newStub(channel).streamIsActive(trigger(i), new CountedStream(answered, failures));
        }
        for (int i = 0; i < PATTERNS; i++) {
            if (i % PATTERNS_OF_A_DATABASE == 0) {
                int asked = TRIGGERS - PATTERNS + i;
                await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() == asked || !failures.isEmpty());
            }
            ExternalScalerGrpc.newStub(channel).streamIsActive(trigger(i), new CountedStream(answered, failures));
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() == TRIGGERS || !failures.isEmpty());
        assertThat(failures).isEmpty();
    }

    private static double callsInProgress(ScalerProcess scaler) {
        return metric(scaler, "redis_session_scaler_grpc_calls ");
    }

    private static double refusedCalls(ScalerProcess scaler) {
        return metric(scaler, "redis_session_scaler_refused_total{limit=\"calls\"");
    }

    private static double metric(ScalerProcess scaler, String beginning) {
        return scaler.get("/metrics")
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
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
        } else {
            trigger.putScalerMetadata("key", "sessions-of-web-" + i);
        }
        return trigger.build();
    }

    /** The most of several measurements while scrapes of everything follow one another. */
    private static Live mostLiveDuringScrapes(ScalerProcess scaler) throws IOException {
        var measured = new AtomicBoolean();
        Thread scrapes = Thread.ofVirtual().start(() -> {
            while (!measured.get()) {
                scaler.get("/metrics?detail=all");
            }
        });
        Live most = live(scaler);
        for (int i = 1; i < MEASUREMENTS; i++) {
            Live next = live(scaler);
            most = next.mib() > most.mib() ? next : most;
        }
        measured.set(true);
        await().until(() -> !scrapes.isAlive());
        return most;
    }

    private static Live live(ScalerProcess scaler) throws IOException {
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
        return new Live((Double.parseDouble(total.group("bytes")) - filler) / (1 << 20), histogram);
    }

    /** What is left after a collection, with a line for each class. */
    private record Live(double mib, String histogram) {

        /** The classes that take most. */
        String largest() {
            return histogram.lines().limit(30).collect(Collectors.joining("\n"));
        }
    }
}
