package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.KubernetesApi;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.Scrape;
import io.github.redissessionscaler.testing.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;

/** Scrapes of scalers that have seen every case there is a metric for, taken once. */
final class EverythingMeasured {

    private static final int KEYS_OF_A_LONG_SCAN = 40_000;

    private static final String OTHER_DATABASE = "1";

    private EverythingMeasured() {}

    static Scrape scrape() {
        return Taken.SCRAPE;
    }

    /** A class of its own, since other threads run the conditions that are waited for while it is initialized. */
    private static final class Taken {
        static final Scrape SCRAPE = take();
    }

    private static Scrape take() {
        List<String> scrapes = new ArrayList<>();
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            fill(redis);
            InternalErrors.report(
                    "documentation", new IllegalStateException("as the documentation of metrics wants it"));
            scaler.metric(Map.of());
            scaler.isActive(Map.of());
            assertThatThrownBy(() -> scaler.metric(Map.of("sesionSize", "100")))
                    .hasMessageContaining("INVALID_ARGUMENT");
            scaler.metric(Map.of("lookAhead", "2m"));
            scaler.metric(Map.of("keyPattern", "session:*", "accuracy", "estimate"));
            scan(scaler, scrapes);
            stream(scaler);
            outages(redis, scaler);
            awaitScrapeWith("redis_session_scaler_streams_ended_total{", scaler, scrapes);
        }
        scrapes.add(withTls());
        scrapes.add(withKubernetes());
        return Scrape.of(scrapes.toArray(String[]::new));
    }

    private static void awaitScrapeWith(String text, RunningScaler scaler, List<String> scrapes) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    String scrape = scaler.scrape();
                    boolean there = scrape.contains(text);
                    if (there) {
                        scrapes.add(scrape);
                    }
                    return there;
                });
    }

    /** One that ends, and one that is seen while it runs. */
    private static void scan(RunningScaler scaler, List<String> scrapes) {
        scaler.metric(Map.of("keyPattern", "session:*", "accuracy", "exact"));
        awaitScrapeWith("redis_session_scaler_scan_seconds_count{", scaler, scrapes);
        scaler.metric(Map.of("keyPattern", "session:*", "accuracy", "exact", "databaseIndex", OTHER_DATABASE));
        awaitScrapeWith("redis_session_scaler_scan_keys_seen{", scaler, scrapes);
    }

    private static void stream(RunningScaler scaler) {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(Map.of()), stream);
        await().until(() -> !stream.values().isEmpty());
        stream.cancel();
    }

    private static void outages(RedisServer redis, RunningScaler scaler) {
        Map<String, String> held = Map.of("onUnavailable", "hold");
        scaler.metric(held);
        redis.kill();
        scaler.metric(Map.of());
        scaler.metric(held);
        assertThatThrownBy(() -> scaler.metric(Map.of("onUnavailable", "error")))
                .hasMessageContaining("UNAVAILABLE");
    }

    private static String withTls() {
        try {
            Path directory = Files.createTempDirectory("certificates-");
            TestCertificates certificates = TestCertificates.in(directory).issue("server");
            try (var scaler = RunningScaler.with(Map.of(
                    "REDIS_ADDRESS", "127.0.0.1:" + Ports.free(),
                    "GRPC_TLS_CERT_FILE", certificates.certificate("server").toString(),
                    "GRPC_TLS_KEY_FILE", certificates.key("server").toString()))) {
                assertThatThrownBy(() -> scaler.isActive(Map.of())).hasMessageContaining("UNAVAILABLE");
                List<String> scrapes = new ArrayList<>();
                awaitScrapeWith("redis_session_scaler_grpc_handshakes_refused_total{", scaler, scrapes);
                return scrapes.getFirst();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withKubernetes() {
        try (var redis = RedisServer.start();
                var api = KubernetesApi.start()) {
            api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", """
                {"metadata": {"ownerReferences": [
                   {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "uid": "u"}]},
                 "spec": {"maxReplicas": 10}, "status": {"currentReplicas": 7, "desiredReplicas": 7}}
                """);
            api.put(
                    KubernetesApi.SCALED_OBJECTS,
                    "shop",
                    "web",
                    "{\"spec\": {\"triggers\": [{\"type\": \"external\"}]}}");
            Path kubeconfig = Files.writeString(Files.createTempFile("kubeconfig-", ".yaml"), api.kubeconfig());
            try (var scaler = RunningScaler.with(Map.of(
                    "REDIS_ADDRESS", redis.address(),
                    "KUBERNETES_WATCH", "true",
                    "KUBERNETES_CONFIG_FILE", kubeconfig.toString()))) {
                scaler.metric(Map.of());
                List<String> scrapes = new ArrayList<>();
                awaitScrapeWith("redis_session_scaler_scaledobject_paused{", scaler, scrapes);
                awaitScrapeWith("redis_session_scaler_scaledobject_max_replicas{", scaler, scrapes);
                return scrapes.getLast();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(RedisServer redis) {
        try (Jedis jedis = redis.connect()) {
            jedis.mset(sessions(100));
            jedis.select(Integer.parseInt(OTHER_DATABASE));
            jedis.mset(sessions(KEYS_OF_A_LONG_SCAN));
        }
    }

    private static String[] sessions(int number) {
        return IntStream.range(0, number)
                .boxed()
                .flatMap(i -> Stream.of("session:" + i, "x"))
                .toArray(String[]::new);
    }
}
