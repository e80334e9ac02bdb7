package io.github.redissessionscaler.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** What Prometheus reads. */
final class MetricsTest {

    private static final String LABELS = ".*scaledobject=\"web\",scaledobject_namespace=\"shop\".*";

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @Test
    void aTriggerHasItsNumbers() {
        jedis.mset("a", "1", "b", "2", "c", "3");
        scaler.metric(Map.of("sessionSize", "2"));
        scaler.isActive(Map.of("sessionSize", "2"));

        assertThat(trigger("sessions")).isEqualTo("3.0");
        assertThat(trigger("target")).isEqualTo("2.0");
        assertThat(trigger("wanted_replicas")).isEqualTo("2.0");
        assertThat(trigger("active")).isEqualTo("1.0");
        assertThat(trigger("outage_seconds")).isEqualTo("0.0");
        assertThat(trigger("sessions_standard_error")).isEqualTo("0.0");
        assertThat(Double.parseDouble(trigger("sessions_age_seconds"))).isBetween(0.0, 60.0);
    }

    /** Each of 10,000 triggers has a line for each of its series. */
    @Test
    void aUsualScrapeHasNoSeriesOfATriggerThatNobodyNeeds() {
        for (String key : List.of("a", "b", "c")) {
            jedis.set(key, "1", SetParams.setParams().ex(600));
        }
        scaler.metric(Map.of());

        assertThat(ofTriggers(scaler.get("/metrics").body()))
                .containsExactlyInAnyOrder(
                        "sessions", "sessions_age_seconds", "value", "target", "wanted_replicas", "active");
        assertThat(ofTriggers(scaler.get("/metrics?detail=usual").body()))
                .isEqualTo(ofTriggers(scaler.get("/metrics").body()));
        assertThat(ofTriggers(scaler.scrape())).contains("sessions", "metric_target", "outage_seconds", "misfits");
    }

    @Test
    void aUsualScrapeHasWhatIsWrongWithATrigger() {
        redis.kill();
        scaler.metric(Map.of());

        await().untilAsserted(() -> assertThat(ofTriggers(scaler.get("/metrics").body()))
                .contains("outage", "outage_seconds")
                .doesNotContain("uncounted_seconds", "metric_target"));
    }

    @Test
    void aWrongParameterOfAScrapeIsRefused() {
        assertThat(scaler.get("/metrics?detail=some").statusCode()).isEqualTo(400);
        assertThat(scaler.get("/metrics?detial=all").body()).contains("detail");
    }

    private static Set<String> ofTriggers(String scrape) {
        return names(scrape).stream()
                .filter(name -> name.matches("redis_session_scaler_trigger_(?!limit|weight).*"))
                .map(name -> name.substring("redis_session_scaler_trigger_".length()))
                .collect(Collectors.toSet());
    }

    @Test
    void theVersionIsALabel() {
        assertThat(scaler.scrape())
                .containsPattern(
                        "redis_session_scaler_build_info\\{java=\"\\d+[^\"]*\",version=\"\\d+\\.\\d+\\.\\d+[^\"]*\"}"
                                + " 1");
    }

    @Test
    void aTriggerThatLooksAheadHasItsForecastAndOthersHaveNone() {
        jedis.mset("a", "1", "b", "2", "c", "3");
        scaler.metric(Map.of());
        assertThat(trigger("lookahead_used")).isEmpty();

        scaler.metric(Map.of("lookAhead", "2m"));

        assertThat(trigger("lookahead_expected_sessions")).isEqualTo("3.0");
        assertThat(trigger("lookahead_reported_sessions")).isEqualTo("3.0");
        assertThat(trigger("lookahead_error_sessions")).isEqualTo("0.0");
        assertThat(trigger("lookahead_error_of_now_sessions")).isEqualTo("0.0");
        assertThat(trigger("lookahead_used")).isEqualTo("0.0");
    }

    @Test
    void aTriggerThatLooksAheadIsReadWithoutACall() {
        scaler.metric(Map.of("lookAhead", "2m"));
        String asked = sizesRead();

        await().atMost(Duration.ofMinutes(1)).until(() -> !sizesRead().equals(asked));
    }

    private String sizesRead() {
        return jedis.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_dbsize:"))
                .map(line -> line.replaceAll(",.*", ""))
                .collect(Collectors.joining());
    }

    @Test
    void callsAreCountedByTheirCode() {
        scaler.metric(Map.of());
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> scaler.metric(Map.of("sessionSize", "0"))))
                .isNotNull();

        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_rpc_seconds_count{code=\"OK\",method=\"GetMetrics\"} 1")
                .contains("redis_session_scaler_rpc_seconds_count{code=\"INVALID_ARGUMENT\",method=\"GetMetrics\"} 1"));
    }

    @Test
    void anOutageIsSeen() {
        scaler.isActive(Map.of());
        redis.kill();
        scaler.isActive(Map.of());

        assertThat(scaler.scrape()).containsPattern("redis_reads_seconds_count\\{.*outcome=\"UNREACHABLE\"");
        assertThat(trigger("active")).isEqualTo("0.0");
    }

    @Test
    void whetherEventsComeIsSeen() {
        var stream = new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult);
        ExternalScalerGrpc.newStub(scaler.channel()).streamIsActive(RunningScaler.ref(Map.of()), stream);
        await().untilAsserted(() -> assertThat(scaler.scrape())
                .contains("redis_session_scaler_streams 1.0")
                .contains("redis_session_scaler_push_databases_polled 1.0"));

        await().untilAsserted(() -> {
            jedis.set("a", "1");
            assertThat(scaler.scrape()).contains("redis_session_scaler_push_databases_events 1.0");
        });
    }

    @Test
    void aScrapeIsCompressedForWhoUnderstandsThat() throws Exception {
        scaler.metric(Map.of());
        try (var http = HttpClient.newHttpClient()) {
            URI address = URI.create("http://127.0.0.1:" + scaler.scaler().managementPort() + "/metrics");
            HttpResponse<byte[]> compressed = http.send(
                    HttpRequest.newBuilder(address)
                            .header("Accept-Encoding", "deflate, gzip;q=0.9")
                            .build(),
                    BodyHandlers.ofByteArray());
            HttpResponse<String> plain =
                    http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());

            assertThat(compressed.headers().firstValue("Content-Encoding")).hasValue("gzip");
            assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
            var unpacked = new GZIPInputStream(new ByteArrayInputStream(compressed.body()));
            String text = new String(unpacked.readAllBytes(), UTF_8);
            assertThat(names(text))
                    .contains("redis_session_scaler_trigger_sessions")
                    .isSubsetOf(names(plain.body())); // which is scraped later, when the JVM may have more metrics
            assertThat(compressed.body().length).isLessThan(text.length() / 2);
        }
    }

    @Test
    void keysThatRedisEvictsAreCounted() {
        jedis.configSet("maxmemory-policy", "allkeys-random");
        jedis.configSet("maxmemory", String.valueOf(usedMemory() + 2_000_000));
        String value = "x".repeat(100_000);
        for (int i = 0; evictedKeys() == 0 && i < 1_000; i++) {
            jedis.set("session:" + i, value);
        }
        jedis.configSet("maxmemory", "0");
        long evicted = evictedKeys();
        assertThat(evicted).isPositive();

        await().untilAsserted(() -> {
            scaler.metric(Map.of());
            assertThat(scaler.scrape())
                    .contains(
                            "redis_session_scaler_redis_evicted_keys_total{connection=\"default\"} " + evicted + ".0");
        });
    }

    @Test
    void theLatencyOfACallIsInBucketsUpToItsBoundAndBeyond() {
        scaler.metric(Map.of());

        await().untilAsserted(() -> {
            List<String> buckets = scaler.scrape()
                    .lines()
                    .filter(line -> line.startsWith(
                            "redis_session_scaler_rpc_seconds_bucket{code=\"OK\",method=\"GetMetrics\""))
                    .toList();
            assertThat(buckets.stream().map(line -> line.replaceAll(".*le=\"([^\"]*)\".*", "$1")))
                    .containsExactly("0.005", "0.025", "0.1", "7.5", "15.0", "24.0", "30.0", "45.0", "+Inf");
            List<Long> counts = buckets.stream()
                    .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .toList();
            assertThat(counts).isSorted().last().isEqualTo(1L);
        });
    }

    private static Set<String> names(String scrape) {
        return scrape.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
    }

    private long usedMemory() {
        return ofInfo("memory", "used_memory");
    }

    private long evictedKeys() {
        return ofInfo("stats", "evicted_keys");
    }

    private long ofInfo(String section, String field) {
        return jedis.info(section)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private String trigger(String name) {
        return scaler.scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_trigger_" + name + "{") && line.matches(LABELS))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .collect(Collectors.joining(","));
    }
}
