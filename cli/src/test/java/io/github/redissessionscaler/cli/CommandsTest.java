package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** The commands as a user types them, against a scaler on a real Redis where they need one. */
final class CommandsTest {

    @ParameterizedTest
    @CsvSource({"10, 1", "100, 1", "101, 2", "250, 3"})
    void checkPrintsTheWantedReplicas(int sessions, int replicas) {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, sessions);

            CommandRun result = CommandRun.of(
                    "check", "--scaler", address(scaler), "--metadata", "wholeReplicas=true", "--output", "json");

            assertThat(result.status()).isZero();
            var json = JsonParser.parseString(result.out()).getAsJsonObject();
            assertThat(json.get("wantedReplicas").getAsInt()).isEqualTo(replicas);
            assertThat(json.get("active").getAsBoolean()).isTrue();
            assertThat(json.get("target").getAsInt()).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "simulate", "demo", "serve"})
    void helpFitsInto80Columns(String command) {
        assertThat(CommandRun.of(command, "--help").out().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @CsvSource({"120, 120", "60, 60", "20, 55", "0,", "-1,", "many,", "99999,", "'',"})
    void helpIsAsWideAsColumnsSays(String columns, @Nullable Integer width) {
        assertThat(Main.helpWidth(columns)).isEqualTo(width == null ? OptionalInt.empty() : OptionalInt.of(width));
        assertThat(Main.helpWidth(null)).isEmpty();
    }

    @Test
    void checkTakesAScaledObject(@TempDir Path folder) throws IOException {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, 101);
            Path file = Files.writeString(folder.resolve("web.json"), """
                {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
                 "metadata": {"name": "web", "namespace": "shop"},
                 "spec": {"minReplicaCount": 9, "maxReplicaCount": 12, "triggers": [
                   {"type": "cron", "metadata": {}},
                   {"type": "external-push", "metadata": {
                     "scalerAddress": "redis-session-scaler.keda:6000", "metricName": "online", "wholeReplicas": "true",
                     "keyPatternFromEnv": "PATTERN"}}]}}
                """);

            String[] check = {
                "check",
                "--scaler",
                address(scaler),
                "--scaledobject",
                file.toString(),
                "--trigger",
                "online",
                "--output",
                "json"
            };

            CommandRun result = CommandRun.of(check);

            assertThat(result.err()).contains("Ignored: spec.triggers[1].metadata.keyPatternFromEnv");
            assertThat(result.status()).isZero();
            JsonObject json = JsonParser.parseString(result.out()).getAsJsonObject();
            assertThat(json.get("value").getAsInt()).isEqualTo(200);
            assertThat(json.get("minReplicas").getAsInt()).isEqualTo(9);
            assertThat(json.get("maxReplicas").getAsInt()).isEqualTo(12);
            assertThat(json.get("wantedReplicas").getAsInt()).isEqualTo(9);
            JsonObject withOption = JsonParser.parseString(
                            CommandRun.of(with(check, "--min-replicas", "1")).out())
                    .getAsJsonObject();
            assertThat(withOption.get("minReplicas").getAsInt()).isEqualTo(1);
            assertThat(withOption.get("maxReplicas").getAsInt()).isEqualTo(12);
            assertThat(withOption.get("wantedReplicas").getAsInt()).isEqualTo(2);
            CommandRun below = CommandRun.of(with(check, "--max-replicas", "8"));
            assertThat(below.status()).isEqualTo(2);
            assertThat(below.err()).contains("--max-replicas: 8 is less than minReplicaCount in the file, 9");
            CommandRun above = CommandRun.of(with(check, "--min-replicas", "13"));
            assertThat(above.err()).contains("--min-replicas: 13 is more than maxReplicaCount in the file, 12");
            assertThat(scaler.get("/api/status").body())
                    .contains("\"namespace\":\"shop\",\"name\":\"web\"", "\"metric\":\"online\"");
        }
    }

    @Test
    void checkUsesToleranceBehaviorAndCooldownOfTheScaledObject(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("web.yaml");
        String spec = """
            kind: ScaledObject
            spec:
              minReplicaCount: 2
              idleReplicaCount: 0
              cooldownPeriod: 600
              advanced:
                scalingModifiers: {target: "5"}
                horizontalPodAutoscalerConfig:
                  behavior:
                    scaleUp: {tolerance: "%s", stabilizationWindowSeconds: 60}
              triggers: [{type: external, metadata: {activationSessionSize: "0"}}, {type: cron}]
            """;
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            String[] check = {"check", "--scaler", address(scaler), "--scaledobject", file.toString()};
            Files.writeString(file, spec.formatted("0"));

            assertThat(CommandRun.of(check).out())
                    .contains(
                            "0, from 1 now: the trigger is inactive, and KEDA scales to 0 after cooldownPeriod, 600 s");
            put(redis, 201);
            CommandRun exact = CommandRun.of(with(check, "--current-replicas", "2"));
            assertThat(exact.err())
                    .contains(
                            "Ignored: spec.advanced.scalingModifiers.target",
                            "Ignored: spec.triggers[1], of type cron");
            assertThat(exact.out())
                    .contains("wanted replicas    3, from 2 now: reached after 60 s")
                    .doesNotContain("tolerates");
            assertThat(CommandRun.of(with(check, "--min-replicas", "0")).err())
                    .contains("--min-replicas: 0 is not more than idleReplicaCount in the file, 0");
            Files.writeString(file, spec.formatted("0.05"));
            assertThat(CommandRun.of(with(check, "--current-replicas", "2")).out())
                    .contains("wanted replicas    2, from 2 now", "the HPA tolerates 5 %: it scales out from 2 at 211");
        }
    }

    private static String[] with(String[] command, String... options) {
        return Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new);
    }

    @Test
    void checkSaysWhatIsWrongWithAScaledObject(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("web.yaml"), "kind: Deployment");

        assertThat(CommandRun.of("check", "--scaledobject", file.toString()).err())
                .contains("--scaledobject: the file has 0 ScaledObjects");
        Files.writeString(file, "{kind: ScaledObject, spec: {triggers: [{type: external, metricType: Value}]}}");
        assertThat(CommandRun.of("check", "--scaledobject", file.toString()).err())
                .contains("--scaledobject: spec.triggers[0].metricType is 'Value'");
        assertThat(CommandRun.of(
                                "check",
                                "--scaledobject",
                                folder.resolve("none").toString())
                        .err())
                .contains("none' cannot be read");
        assertThat(CommandRun.of("check", "--trigger", "online").err()).contains("--trigger: requires --scaledobject");
    }

    @Test
    void checkExplainsTheTolerance() {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, 101);

            CommandRun result = CommandRun.of("check", "--scaler", address(scaler));

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .contains("wanted replicas    1, from 1 now")
                    .contains("the HPA tolerates 10 %")
                    .contains("at 111 sessions")
                    .contains("wholeReplicas: \"true\"");
            // advice that is taken, or that cannot help, is not given
            assertThat(CommandRun.of("check", "--scaler", address(scaler), "--metadata", "wholeReplicas=true")
                            .out())
                    .doesNotContain("wholeReplicas:");
            put(redis, 1_210);
            assertThat(CommandRun.of("check", "--scaler", address(scaler), "--current-replicas", "12")
                            .out())
                    .contains("the HPA tolerates 10 %")
                    .doesNotContain("wholeReplicas:");
        }
    }

    @Test
    void checkPrintsWhatIsCountedAndWarnings() {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, 20_000);
            persist(redis);

            CommandRun result = CommandRun.of(
                    "check",
                    "--scaler",
                    address(scaler),
                    "--metadata",
                    "keyPattern=*",
                    "--metadata",
                    "accuracy=estimate");
            assertThat(result.out())
                    .containsPattern("counts +keys that match '\\*'\n")
                    .containsPattern("sessions +20,000, estimate, 95 % confidence interval [\\d,]+ to [\\d,]+, ")
                    .containsPattern("Warning: \\d+ of \\d+ inspected matching keys have no TTL");

            CommandRun json = CommandRun.of(
                    "check", "--scaler", address(scaler), "--metadata", "preset=express", "--output", "json");
            var explained = JsonParser.parseString(json.out()).getAsJsonObject();
            assertThat(explained.get("sessions").getAsInt()).isZero();
            assertThat(explained.get("advice").getAsJsonArray().toString()).contains("matches 'sess:*'");
        }
    }

    /** Nobody needs the fraction of a session, where the count is an estimate of many. */
    @Test
    void aLargeEstimateIsShownAsAWholeNumber() {
        var logger = (Logger) LoggerFactory.getLogger("io.github.redissessionscaler");
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        Map<String, String> trigger =
                Map.of("keyPattern", "session:*[1-7]", "accuracy", "estimate", "headroom", "12.5%", "lookAhead", "2m");
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, 30_000);
            List<String> command = new ArrayList<>(List.of("check", "--scaler", address(scaler)));
            trigger.forEach((key, value) -> command.addAll(List.of("--metadata", key + "=" + value)));

            CommandRun run = CommandRun.of(command.toArray(String[]::new));
            scaler.metric(trigger);
            scaler.isActive(trigger);

            command.addAll(List.of("--output", "json"));
            JsonObject json = JsonParser.parseString(
                            CommandRun.of(command.toArray(String[]::new)).out())
                    .getAsJsonObject();
            double sessions = json.get("sessions").getAsDouble();
            assertThat(sessions)
                    .as("an estimate with a fraction")
                    .isGreaterThan(1_000)
                    .isNotEqualTo(Math.rint(sessions));
            JsonElement status =
                    JsonParser.parseString(scaler.get("/api/status").body());
            List<String> texts =
                    new ArrayList<>(List.of(run.out(), scaler.get("/").body()));
            texts.addAll(textsIn(status));
            texts.addAll(textsIn(json));
            appender.list.forEach(line -> texts.add(line.getFormattedMessage()));
            assertThat(run.out()).containsPattern("sessions +[\\d,]+, estimate");
            assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContainPattern("(\\d{4,}|\\d,\\d{3})\\.\\d"));
        } finally {
            logger.detachAppender(appender);
        }
    }

    /** Every text in it. */
    private static List<String> textsIn(JsonElement json) {
        if (json.isJsonArray()) {
            return json.getAsJsonArray().asList().stream()
                    .flatMap(element -> textsIn(element).stream())
                    .toList();
        }
        if (json.isJsonObject()) {
            return json.getAsJsonObject().asMap().values().stream()
                    .flatMap(element -> textsIn(element).stream())
                    .toList();
        }
        return json.isJsonPrimitive() && json.getAsJsonPrimitive().isString() ? List.of(json.getAsString()) : List.of();
    }

    @Test
    void checkPrintsWhatATriggerExpects() {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.onPort(redis.port())) {
            put(redis, 101);
            String[] command = {"check", "--scaler", address(scaler), "--metadata", "lookAhead=2m"};

            assertThat(CommandRun.of(command).out()).contains("looks ahead        There is no forecast");
            JsonObject json = JsonParser.parseString(
                            CommandRun.of(Stream.concat(Stream.of(command), Stream.of("--output", "json"))
                                            .toArray(String[]::new))
                                    .out())
                    .getAsJsonObject()
                    .getAsJsonObject("lookAhead");
            assertThat(json.get("seconds").getAsDouble()).isEqualTo(120);
            assertThat(json.get("now").getAsDouble()).isEqualTo(101);
            assertThat(json.get("reported").getAsDouble()).isEqualTo(101);
            assertThat(json.get("used").getAsBoolean()).isFalse();
            assertThat(json.has("forecast")).isFalse();
            assertThat(json.get("explanation").getAsString()).startsWith("There is no forecast");
        }
    }

    @Test
    void checkFailsWithOneLine() {
        try (var scaler = RunningScaler.onPort(Ports.free())) {
            CommandRun result = CommandRun.of("check", "--scaler", address(scaler), "--metadata", "sesionSize=1");

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err().strip().lines())
                    .singleElement()
                    .asString()
                    .contains("INVALID_ARGUMENT")
                    .contains("did you mean 'sessionSize'");
        }
    }

    @Test
    void checkSpeaksMutualTls(@TempDir Path directory) {
        TestCertificates certificates =
                TestCertificates.in(directory).issue("server").issue("client");
        try (var scaler = RunningScaler.with(Map.of(
                "REDIS_ADDRESS", "127.0.0.1:" + Ports.free(),
                "GRPC_TLS_CERT_FILE", certificates.certificate("server").toString(),
                "GRPC_TLS_KEY_FILE", certificates.key("server").toString(),
                "GRPC_TLS_CLIENT_CA_FILE", certificates.authority().toString()))) {
            List<String> command = List.of(
                    "check",
                    "--scaler",
                    address(scaler),
                    "--ca-file",
                    certificates.authority().toString());
            List<String> withCertificate = List.of(
                    "--cert-file", certificates.certificate("client").toString(),
                    "--key-file", certificates.key("client").toString());

            CommandRun refused = CommandRun.of(command.toArray(String[]::new));
            CommandRun answered = CommandRun.of(
                    Stream.concat(command.stream(), withCertificate.stream()).toArray(String[]::new));

            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
            assertThat(answered.status()).isEqualTo(1);
            assertThat(answered.out()).startsWith("No count from Redis").contains("UNREACHABLE");
        }
    }

    @Test
    void checkRefusesAnAddressThatIsNone() {
        CommandRun result = CommandRun.of("check", "--scaler", "no address");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--scaler");
    }

    @Test
    void anUnknownOptionIsOneLine() {
        CommandRun result = CommandRun.of("check", "--scalar", "x");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().strip().lines()).singleElement().asString().contains("--scalar");
    }

    @Test
    void theHelpOfServeNamesEverySettingAndItsDefault() {
        CommandRun result = CommandRun.of("serve", "--help");

        assertThat(result.status()).isZero();
        String help = result.out().replaceAll("\\s+", " ");
        assertThat(Arrays.stream(Setting.values()))
                .allSatisfy(setting -> assertThat(help)
                        .contains(setting.name())
                        .contains(setting.byDefault()
                                .map(value -> "default: " + value)
                                .orElse("")));
        assertThat(help).contains("REDIS_ADDRESS", "REDIS_URL", "REDIS_PASSWORD_FILE", "CONFIG_FILE");
    }

    @ParameterizedTest
    @CsvSource({"''", "serve", "check", "simulate", "demo"})
    void theHelpFitsIntoATerminal(String command) {
        CommandRun result = CommandRun.of(
                Stream.of(command, "--help").filter(word -> !word.isEmpty()).toArray(String[]::new));

        assertThat(result.out().lines())
                .hasSizeGreaterThan(5)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void theVersionComesFromTheBuild() {
        CommandRun result = CommandRun.of("--version");

        assertThat(result.out()).matches("redis-session-scaler \\d+\\.\\d+\\.\\d+\\S*\\s*");
    }

    private static String address(RunningScaler scaler) {
        return "127.0.0.1:" + scaler.scaler().grpcPort();
    }

    private static void persist(RedisServer redis) {
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            jedis.keys("*").forEach(pipeline::persist);
            pipeline.sync();
        }
    }

    private static void put(RedisServer redis, int sessions) {
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            IntStream.range(0, sessions)
                    .forEach(i -> pipeline.set(
                            "session:" + i, "x", SetParams.setParams().ex(1800)));
            pipeline.sync();
        }
    }
}
