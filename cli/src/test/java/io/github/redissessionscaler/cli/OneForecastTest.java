package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.params.SetParams;

/** The status page, its JSON, the metrics and {@code check} say the same of one trigger. */
final class OneForecastTest {

    private static final Pattern LEAVES = Pattern.compile("scales out from \\d+ at (\\d+) sessions");

    private static RedisServer redis;

    private Optional<RunningScaler> running = Optional.empty();

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void clear() {
        try (var client = redis.connect()) {
            client.flushAll();
        }
    }

    /** The replicas are those that the page presumes after the earlier count. */
    @ParameterizedTest
    @CsvSource({
        // sessions before, sessions now, metadata, then needed, wanted, and sessions for more replicas
        "0, 0, sessionSize=100, 0, 1, 111",
        "0, 100, sessionSize=100, 1, 1, 111",
        "0, 101, sessionSize=100, 2, 1, 111", // within the tolerance
        "0, 110, sessionSize=100, 2, 1, 111",
        "0, 111, sessionSize=100, 2, 2, 221",
        "0, 101, sessionSize=100 wholeReplicas=true, 2, 2, 201",
        "0, 100, sessionSize=100 headroom=20, 2, 2, 201",
        "0, 85, sessionSize=100 headroom=20, 2, 1, 91", // 105 are within the tolerance
        "1000, 1050, sessionSize=100, 11, 10, 1101", // above ten replicas
        "1500, 1600, sessionSize=100 wholeReplicas=true, 16, 15, 1601",
        "1500, 1601, sessionSize=100 wholeReplicas=true, 17, 17, 1801",
        "1100, 995, sessionSize=100, 10, 11, 1211",
        "300, 100, sessionSize=100, 1, 1, 331", // within the window of the HPA
    })
    void everyoneSaysTheSame(int before, int now, String pairs, long needed, long wanted, long moreAt) {
        Map<String, String> metadata = metadata(pairs);
        try (var started = RunningScaler.onPort(redis.port())) {
            running = Optional.of(started);
            long current = presumedAfter(before, metadata);
            sessions(now);
            scaler().metric(metadata);
            JsonObject page = page();
            JsonObject check = check(metadata, current, "--output", "json");

            assertThat(metric("wanted_replicas")).isEqualTo((double) needed);
            assertThat(page.get("neededReplicas").getAsLong()).isEqualTo(needed);
            assertThat(check.get("neededReplicas").getAsLong()).isEqualTo(needed);
            assertThat(check.get("wantedReplicas").getAsLong()).isEqualTo(wanted);
            long running = Math.max(current, wanted);
            assertThat(page.get("replicas").getAsLong()).isEqualTo(running);
            assertThat(page.get("wantedReplicas").getAsLong()).isEqualTo(wanted);
            assertThat(page.get("moreReplicasAt").getAsLong()).isEqualTo(moreAt);
            assertThat(metric("value"))
                    .isEqualTo(page.get("value").getAsDouble())
                    .isEqualTo(check.get("value").getAsDouble());
            Trigger trigger = TriggerParser.parse(metadata);
            assertThat(ReplicaForecast.of(page.get("value").getAsDouble(), 100, current)
                            .wanted())
                    .isEqualTo(wanted);
            assertThat(ReplicaForecast.of(0, 100, running)
                            .thresholds(sessions -> trigger.valueOf((double) sessions, 100))
                            .moreAt())
                    .hasValue(moreAt);
        }
    }

    /** What {@code check} says about the tolerance takes headroom and rounding into account, as the page does. */
    @ParameterizedTest
    @CsvSource({
        "1, 105, sessionSize=100, 111",
        "1, 85, sessionSize=100 headroom=20, 91",
        "15, 1600, sessionSize=100 wholeReplicas=true, 1601",
        "15, 1570, sessionSize=100 wholeReplicas=true, 1601",
    })
    void checkKnowsWhenTheHpaLeavesItsTolerance(long current, int now, String pairs, long leavesAt) {
        Map<String, String> metadata = metadata(pairs);
        try (var started = RunningScaler.onPort(redis.port())) {
            running = Optional.of(started);
            sessions(now);

            Matcher leaves = LEAVES.matcher(checked(metadata, current).out());

            assertThat(leaves.find()).isTrue();
            assertThat(leaves.group(1)).isEqualTo(String.valueOf(leavesAt));
        }
    }

    private long presumedAfter(int count, Map<String, String> metadata) {
        sessions(count);
        scaler().metric(metadata);
        return page().get("replicas").getAsLong();
    }

    private static Map<String, String> metadata(String pairs) {
        Map<String, String> metadata = new HashMap<>();
        Arrays.stream(pairs.split(" ")).map(pair -> pair.split("=", 2)).forEach(pair -> metadata.put(pair[0], pair[1]));
        return metadata;
    }

    private static void sessions(int count) {
        try (var client = redis.connect()) {
            client.flushAll();
            var pipeline = client.pipelined();
            for (int i = 0; i < count; i++) {
                pipeline.set("session:" + i, "x", SetParams.setParams().ex(1800));
            }
            pipeline.sync();
        }
    }

    private RunningScaler scaler() {
        return running.orElseThrow();
    }

    private JsonObject page() {
        return JsonParser.parseString(scaler().get("/api/status").body())
                .getAsJsonObject()
                .getAsJsonArray("triggers")
                .asList()
                .stream()
                .map(trigger -> trigger.getAsJsonObject())
                .filter(trigger -> trigger.get("name").getAsString().equals("web"))
                .findFirst()
                .orElseThrow();
    }

    private double metric(String name) {
        return scaler().scrape()
                .lines()
                .filter(line -> line.startsWith("redis_session_scaler_trigger_" + name + "{")
                        && line.contains("scaledobject=\"web\""))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject check(Map<String, String> metadata, long current, String... more) {
        return JsonParser.parseString(checked(metadata, current, more).out()).getAsJsonObject();
    }

    private CommandRun checked(Map<String, String> metadata, long current, String... more) {
        return CommandRun.of(Stream.of(
                        List.of(
                                "check",
                                "--scaler",
                                "127.0.0.1:" + scaler().scaler().grpcPort(),
                                "--current-replicas",
                                String.valueOf(current)),
                        metadata.entrySet().stream()
                                .flatMap(entry -> Stream.of("--metadata", entry.getKey() + "=" + entry.getValue()))
                                .toList(),
                        List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }
}
