package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.cli.ScalerProcess;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.TestCertificates;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Attacks on scalers in processes of their own, with the options of the JVM that ship, each with an honest client beside it. */
final class AttackSuite implements AutoCloseable {

    /** What an honest answer may take: {@code ANSWER_TIMEOUT}, and a moment for the way. */
    private static final Duration BOUND = Duration.ofMillis(2_200);

    private static final int SESSIONS = 7;

    /** Besides the sessions: as many as are still counted exactly by a trigger of its own accord. */
    private static final int OTHER_KEYS = 16_000;

    /** Calls that give triggers a history before an attack. */
    private static final int POLLS = 60_000;

    private static final Pattern HEAP = Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\",[^}]*} (?<bytes>\\S+)");

    /** What became of the scaler and of its honest client during an attack. */
    record Outcome(
            Attack attack,
            boolean alive,
            HonestClient.Report honest,
            double peakHeapMib,
            double peakResidentMib,
            String log) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s%s | %d | %d | %d | %d | %d ms | %.0f s | %.0f MiB | %.0f MiB | %s",
                    attack,
                    alive ? "" : " CRASHED",
                    honest.calls(),
                    honest.late(),
                    honest.wrong(),
                    honest.failed(),
                    honest.slowest().toMillis(),
                    (double) honest.oldest().toMillis() / 1_000,
                    peakHeapMib,
                    peakResidentMib,
                    honest.failure().orElse(""));
        }
    }

    private final Path directory;
    private final RedisServer redis = RedisServer.start();
    private final TestCertificates certificates;

    AttackSuite(Path directory) {
        this.directory = directory;
        certificates = TestCertificates.in(directory).issue("server").issue("client");
        try (Jedis jedis = redis.connect()) {
            for (int i = 0; i < SESSIONS; i++) {
                jedis.hset("session:" + i, "user", "x");
            }
            try (Pipeline pipeline = jedis.pipelined()) {
                for (int i = 0; i < OTHER_KEYS; i++) {
                    pipeline.hset("other:" + i, "other", "x");
                }
            }
        }
    }

    /** Attacks a scaler that has just begun. */
    Outcome run(Attack attack, Duration time) throws IOException {
        Path output = Files.createTempDirectory(directory, "output");
        Optional<StrangeRedis> strange = attack.strangeRedis();
        try (var scaler = ScalerProcess.start(output, environment(attack.mutualTls(), strange, output))) {
            return run(scaler, attack, time);
        } finally {
            strange.ifPresent(StrangeRedis::close);
        }
    }

    private Outcome run(ScalerProcess scaler, Attack attack, Duration time) throws IOException {
        Map<String, String> metadata = attack.honestMetadata();
        double expected = metadata.containsKey("keyPattern") ? SESSIONS : SESSIONS + OTHER_KEYS;
        if (attack.triggers() > 0) {
            new Target(scaler.grpcPort(), scaler.managementPort(), POLLS, Duration.ofMinutes(5))
                    .calls(i -> ScaledObjectRef.newBuilder()
                            .setNamespace("shop")
                            .setName("web-" + i % attack.triggers())
                            .build());
        }
        try (var honest = new HonestClient(
                () -> channel(scaler, attack.mutualTls()), attack.newConnections(), metadata, expected, BOUND)) {
            var heap = new PeakHeap(scaler);
            attack.on(new Target(scaler.grpcPort(), scaler.managementPort(), attack.most(), time));
            double peak = heap.end();
            HonestClient.Report report = honest.end();
            boolean alive = scaler.isAlive();
            return new Outcome(
                    attack, alive, report, peak, alive ? scaler.peakResidentMib() : Double.NaN, scaler.output());
        }
    }

    @Override
    public void close() {
        redis.close();
    }

    private Map<String, String> environment(boolean mutualTls, Optional<StrangeRedis> strange, Path output)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        if (strange.isPresent()) {
            Path config = output.resolve("config.yaml");
            Files.writeString(
                    config, """
                        connections:
                          default:
                            address: %s
                          strange:
                            url: %s
                        """.formatted(redis.address(), strange.get().url()));
            environment.put("CONFIG_FILE", config.toString());
        } else {
            environment.put("REDIS_ADDRESS", redis.address());
        }
        if (mutualTls) {
            environment.put(
                    "GRPC_TLS_CERT_FILE", certificates.certificate("server").toString());
            environment.put("GRPC_TLS_KEY_FILE", certificates.key("server").toString());
            environment.put("GRPC_TLS_CLIENT_CA_FILE", certificates.authority().toString());
        }
        return environment;
    }

    private ManagedChannel channel(ScalerProcess scaler, boolean mutualTls) {
        if (!mutualTls) {
            return NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
        }
        try {
            return Grpc.newChannelBuilderForAddress(
                            "127.0.0.1",
                            scaler.grpcPort(),
                            TlsChannelCredentials.newBuilder()
                                    .trustManager(certificates.authority().toFile())
                                    .keyManager(
                                            certificates.certificate("client").toFile(),
                                            certificates.key("client").toFile())
                                    .build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the heap of a scaler until it is stopped. */
    private static final class PeakHeap {

        private final ScalerProcess scaler;
        private final Thread thread;
        private volatile boolean ended;
        private double peakBytes;

        PeakHeap(ScalerProcess scaler) {
            this.scaler = scaler;
            thread = Thread.ofPlatform().name("heap").start(this::watch);
        }

        double end() {
            ended = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return peakBytes / (1 << 20);
        }

        private void watch() {
            do {
                try {
                    double now = HEAP.matcher(scaler.get("/metrics"))
                            .results()
                            .mapToDouble(found -> Double.parseDouble(found.group("bytes")))
                            .sum();
                    peakBytes = Math.max(peakBytes, now);
                    TimeUnit.MILLISECONDS.sleep(200);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    // the port is under attack
                }
            } while (!ended);
        }
    }
}
