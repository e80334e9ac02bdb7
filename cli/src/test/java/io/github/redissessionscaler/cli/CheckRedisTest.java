package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.docs.MinimalAcl;
import io.github.redissessionscaler.docs.ScaledObjects;
import io.github.redissessionscaler.simulation.ScaledObjectFile;
import io.github.redissessionscaler.testing.KubernetesApi;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;

/** {@code check} straight against Redis. */
final class CheckRedisTest {

    private static final String PASSWORD = "open-sesame";

    private static RedisServer redis;
    private static Jedis jedis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        jedis = redis.connect();
    }

    @AfterAll
    static void stop() {
        jedis.close();
        redis.close();
        Logging.use(LogFormat.TEXT, "warn");
    }

    @BeforeEach
    void clear() {
        jedis.flushAll();
        jedis.aclDelUser("scaler");
    }

    @Test
    void itSaysWhatWasCountedHowAndAtWhatCost() {
        List<String> ids = sessions(101, 1800);

        CommandRun text = check("--metadata", "keyPattern=session:*", "--metadata", "wholeReplicas=true");
        JsonObject json = json("--metadata", "keyPattern=session:*", "--metadata", "wholeReplicas=true");

        assertThat(text.status()).isZero();
        assertThat(text.out())
                .containsPattern("counts +keys that match 'session:\\*'\n")
                .containsPattern("sessions +101, exact count, ")
                .containsPattern("cost +\\d+ DBSIZE, \\d+ SCAN, 101 keys read in .*; used .* of Redis's time")
                .containsPattern("keys +\\d+ sampled, \\d+ of them counted, such as\n +\\d+ × session:\\*{36}\n")
                .containsPattern("ACL rules +the user default has all")
                .containsPattern("wanted replicas +2, from 1 now\n")
                .doesNotContain(ids);
        assertThat(json.toString()).doesNotContain(ids);
        assertThat(json.get("sessions").getAsInt()).isEqualTo(101);
        assertThat(json.get("wantedReplicas").getAsInt()).isEqualTo(2);
        JsonObject cost = json.getAsJsonObject("cost");
        assertThat(cost.get("keysRead").getAsInt()).isEqualTo(101);
        assertThat(cost.getAsJsonObject("commands").get("SCAN").getAsInt()).isPositive();
        assertThat(cost.get("serverSeconds").getAsDouble()).isPositive();
        assertThat(cost.get("serverShare").getAsDouble()).isPositive();
    }

    @Test
    void allKeysAreOneCommand() {
        List<String> ids = sessions(30, 1800);

        CommandRun run = check();

        assertThat(run.out())
                .containsPattern("sessions +30, number stored by Redis, ")
                .containsPattern("cost +1 DBSIZE in ")
                .contains("× session:" + "*".repeat(36))
                .doesNotContain(ids);
    }

    @ParameterizedTest
    @EnumSource
    void grantingWhatIsMissingIsEnoughAndNoMoreThanTheReferenceSays(MinimalAcl way) {
        Pipeline pipeline = jedis.pipelined();
        pipeline.set("session:1", "x", SetParams.setParams().ex(1800));
        pipeline.rpush("list", "x");
        pipeline.sadd("set", "x");
        pipeline.zadd("zset", 1, "x");
        pipeline.hset("hash", "x", "x");
        pipeline.hset("user:1", "name", "x");
        pipeline.xadd("stream", StreamEntryID.NEW_ENTRY, Map.of("x", "x"));
        pipeline.pfadd("log", "x");
        pipeline.set("number", "1");
        pipeline.set("flag", "1");
        pipeline.sync();
        jedis.aclSetUser("scaler", "reset", "on", ">" + PASSWORD);
        Set<String> granted = new TreeSet<>();

        JsonObject found = asScaler(way.metadata());
        for (int i = 0; i < 3 && !missing(found, "missing").isEmpty(); i++) {
            granted.addAll(missing(found, "missing"));
            type(found.getAsJsonObject("rights").get("grantMissing").getAsString());
            found = asScaler(way.metadata());
        }
        if (way == MinimalAcl.HYPER_LOG_LOG) {
            assertThat(missing(found, "useful")).contains("+pfcount");
            granted.add("+pfcount");
            jedis.aclSetUser("scaler", "+pfcount");
            found = asScaler(way.metadata());
        }

        assertThat(missing(found, "missing")).isEmpty();
        assertThat(found.get("outage").getAsString()).isEmpty();
        assertThat(found.get("sessions").getAsInt())
                .isEqualTo(
                        switch (way) {
                            case ALL_KEYS -> 10;
                            case ACTIVE_WITHIN -> 0;
                            default -> 1;
                        });
        assertThat(granted).isEqualTo(new TreeSet<>(way.rules()));
    }

    @Test
    void whatIsMissingIsNamedWithoutTheCount() {
        jedis.aclSetUser("scaler", "reset", "on", ">" + PASSWORD, "+ping", "+dbsize", "+scan", "+get", "~other");
        sessions(3, 1800);

        CommandRun run = run(
                "check",
                "--redis",
                url(),
                "--metadata",
                "keyPattern=session:*",
                "--metadata",
                "keyType=string",
                "--metadata",
                "activeKey=the flag",
                "--metadata",
                "databaseIndex=2",
                "--metadata",
                "onUnavailable=error");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("missing ACL rules +\\+select \\+type ~session:\\* ~the\\?flag\n")
                .contains("ACL SETUSER scaler +select +type ~session:* ~the?flag\n")
                .contains("+psubscribe &__keyevent@2__:*")
                .containsPattern("value +none, but an error");
        assertThat(run.out() + run.err()).doesNotContain(PASSWORD);
    }

    @Test
    void whoMayNotCallInfoLearnsNoShare() {
        jedis.aclSetUser("scaler", "reset", "on", ">" + PASSWORD, "+ping", "+dbsize");

        CommandRun run = run("check", "--redis", url());

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("unknown, because the user may not call INFO")
                .containsPattern("useful ACL rules +\\+info");
    }

    @Test
    void noSecretIsPrinted() {
        String wrong = "redis://scaler:wrong-password@" + redis.address();

        for (String[] more :
                List.of(new String[] {}, new String[] {"--output", "json"}, new String[] {"--stacktrace"})) {
            CommandRun run = run(Stream.concat(Stream.of("check", "--redis", wrong), Arrays.stream(more))
                    .toArray(String[]::new));
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out()).contains("WRONGPASS");
            assertThat(run.out() + run.err()).doesNotContain("wrong-password");
        }
        CommandRun broken = run("check", "--redis", "redis://scaler:wrong-password@[x");
        assertThat(broken.status()).isEqualTo(2);
        assertThat(broken.out() + broken.err()).doesNotContain("wrong-password");
    }

    @Test
    void aClusterIsCountedAndItsRightsAreThoseOfEveryPrimary() {
        try (var cluster = RedisCluster.start(3, false);
                var client = cluster.connect()) {
            IntStream.range(0, 60).forEach(_ -> client.hset("spring:session:sessions:" + UUID.randomUUID(), "a", "b"));
            for (int i = 0; i < 3; i++) {
                try (Jedis primary = cluster.primary(i).connect()) {
                    primary.aclSetUser(
                            "scaler",
                            "reset",
                            "on",
                            ">" + PASSWORD,
                            "+ping",
                            "+dbsize",
                            "+cluster|slots",
                            i == 2 ? "-scan" : "+scan");
                }
            }
            String node = cluster.nodes().getFirst().toString();

            JsonObject found = JsonParser.parseString(run(
                                    "check",
                                    "--redis",
                                    "redis-cluster://" + node,
                                    "--metadata",
                                    "preset=spring-session",
                                    "--output",
                                    "json")
                            .out())
                    .getAsJsonObject();
            JsonObject lacking = JsonParser.parseString(run(
                                    "check",
                                    "--redis",
                                    "redis-cluster://scaler:" + PASSWORD + "@" + node,
                                    "--metadata",
                                    "preset=spring-session",
                                    "--output",
                                    "json")
                            .out())
                    .getAsJsonObject();

            assertThat(found.get("sessions").getAsInt()).isEqualTo(60);
            assertThat(found.getAsJsonObject("keys").get("counted").getAsInt()).isBetween(30, 60);
            assertThat(missing(lacking, "missing"))
                    .containsExactly("+scan", "+type", "~spring:session:sessions:????????-????-????-????-????????????");
            assertThat(missing(lacking, "useful")).contains("+randomkey", "+role", "+pttl");
        }
    }

    @Test
    void aLongScanPrintsItsProgressOnStandardErrorOnly(@TempDir Path directory) throws IOException {
        sessions(20_000, 1800);
        Path config = Files.writeString(directory.resolve("config.yaml"), """
            countShare: 1%%
            connections:
              web: {address: "%s"}
            """.formatted(redis.address()));
        List<String> command = List.of(
                "check",
                "--config",
                config.toString(),
                "--metadata",
                "connection=web",
                "--metadata",
                "keyPattern=session:*",
                "--metadata",
                "accuracy=exact",
                "--output",
                "json");

        CommandRun reported =
                run(Stream.concat(command.stream(), Stream.of("--progress")).toArray(String[]::new));
        CommandRun quiet = run(command.stream().limit(command.size() - 2).toArray(String[]::new));

        assertThat(reported.err().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .matches("scanned [\\d,]+ of about 20,000 keys, \\d+ %(, about \\d+ s in all)?"));
        JsonObject found = JsonParser.parseString(reported.out()).getAsJsonObject();
        assertThat(found.get("method").getAsString()).isEqualTo("exact");
        JsonObject cost = found.getAsJsonObject("cost");
        assertThat(cost.get("firstExactSeconds").getAsDouble())
                .isEqualTo(cost.get("seconds").getAsDouble());
        assertThat(cost.get("countShare").getAsDouble()).isEqualTo(0.01);
        assertThat(quiet.err()).isEmpty();
        assertThat(quiet.out())
                .containsPattern(
                        "exact count +the first one of a scaler takes about \\d+ s with a COUNT_SHARE of 1 %\n");
    }

    /** Computed from the samples: nobody waits for the scan. */
    @Test
    void anEstimateSaysHowLongTheFirstExactCountWouldTake(@TempDir Path directory) throws IOException {
        sessions(20_000, 1800);
        Path config = Files.writeString(directory.resolve("config.yaml"), """
            countShare: 0.1%%
            connections:
              web: {address: "%s"}
            """.formatted(redis.address()));

        String out = run(
                        "check",
                        "--config",
                        config.toString(),
                        "--metadata",
                        "connection=web",
                        "--metadata",
                        "keyPattern=session:*",
                        "--metadata",
                        "accuracy=estimate")
                .out();

        assertThat(out)
                .containsPattern("sessions +[\\d,]+, estimate, ")
                .containsPattern("exact count +the first one of a scaler takes about [\\d,]+ (s|minutes) with a"
                        + " COUNT_SHARE of 0.1 %\n");
    }

    @Test
    void untilItsFirstExactCountAScalerSaysHowLongThatTakes() {
        sessions(20_000, 1800);
        try (var scaler =
                RunningScaler.with(Map.of("REDIS_ADDRESS", "127.0.0.1:" + redis.port(), "COUNT_SHARE", "0.1%"))) {
            List<String> check = List.of(
                    "check",
                    "--scaler",
                    "127.0.0.1:" + scaler.scaler().grpcPort(),
                    "--metadata",
                    "keyPattern=session:*",
                    "--metadata",
                    "accuracy=exact");

            await().untilAsserted(() -> assertThat(
                            run(check.toArray(String[]::new)).out())
                    .containsPattern("The first exact count takes about [\\d,]+ (s|minutes) with the scaler's"
                            + " COUNT_SHARE: [\\d,]+ of about 20,000 keys in [\\d.]+ s are"
                            + " scanned\n")
                    .containsPattern("sessions +[\\d,]+, estimate, "));
            JsonObject scan = JsonParser.parseString(run(Stream.concat(check.stream(), Stream.of("--output", "json"))
                                    .toArray(String[]::new))
                            .out())
                    .getAsJsonObject()
                    .getAsJsonObject("scan");
            assertThat(scan.get("keysExpected").getAsLong()).isEqualTo(20_000);
            assertThat(scan.get("wholeSeconds").getAsDouble())
                    .isGreaterThanOrEqualTo(scan.get("seconds").getAsDouble());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // sessions, minimum, metadata, then wanted, status
        "0, 1, sessionSize=100, 1, 0",
        "0, 0, activationSessionSize=0, 0, 0",
        "0, 3, activationSessionSize=0, 3, 0",
        "500, 1, sessionSize=100, 4, 0",
        "5, 1, sessionSizeKey=nothing, 1, 3",
        "5, 1, keyPattern=nothing:*, 1, 3",
    })
    void theReplicasAreWhatKedaWouldReallyMakeOfIt(int sessions, int minimum, String metadata, int wanted, int status) {
        sessions(sessions, 1800);

        CommandRun run = check(
                "--metadata",
                metadata,
                "--min-replicas",
                String.valueOf(minimum),
                "--max-replicas",
                "4",
                "--output",
                "json");

        assertThat(JsonParser.parseString(run.out())
                        .getAsJsonObject()
                        .get("wantedReplicas")
                        .getAsInt())
                .isEqualTo(wanted);
        assertThat(run.status()).isEqualTo(status);
    }

    @Test
    void theReasonForTheWantedReplicasIsPrinted() {
        assertThat(check().out())
                .contains("wanted replicas    1, from 1 now: the value needs 0, but minReplicaCount is 1");
        sessions(1_700, 1800);
        assertThat(check().out()).contains("17, from 1 now: reached after 45 s");
        clear();
        sessions(500, 1800);
        assertThat(check("--max-replicas", "4").out())
                .contains("4, from 1 now: the value needs 5, but maxReplicaCount is 4");
        assertThat(check("--min-replicas", "0", "--metadata", "activationSessionSize=600")
                        .out())
                .contains(
                        "0, from 1 now: the trigger is inactive, and KEDA scales to 0 after cooldownPeriod, by default"
                                + " 300 s");
    }

    @ParameterizedTest
    @CsvSource({
        "--redis=127.0.0.1:1 --scaler=127.0.0.1:2, --scaler",
        "--redis=no:address:, --redis: is not host:port",
        "--redis=127.0.0.1:1 --metadata=sesionSize=1, did you mean 'sessionSize'",
        "--redis=127.0.0.1:1 --metadata=connection=other, connection",
        "--redis=127.0.0.1:1 --min-replicas=5 --max-replicas=4, --min-replicas",
        "--redis=127.0.0.1:1 --current-replicas=-1, --current-replicas",
        "--config=/no/such/file, --config",
    })
    void aWrongInputIsOneLineAndStatus2(String options, String named) {
        CommandRun run = run(("check " + options).split(" ", -1));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip().lines()).singleElement().asString().contains(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sessionSize=40",
                "preset=spring-session namespace=a\"b:\\c headroom=20% onUnavailable=hold holdFor=10m",
                "keyPattern=session:* excludePattern=*'lock' sessionSizeFromEnv=7.5 wholeReplicas=false"
                        + " databaseIndex=1",
                "key=online activeWithin=30m activeKey=flag metricName=online",
            })
    void thePrintedScaledObjectSaysTheSame(String metadata) {
        List<String> command = new ArrayList<>(List.of(
                "--print-scaledobject",
                "--namespace",
                "shop",
                "--name",
                "web",
                "--min-replicas",
                "2",
                "--max-replicas",
                "30"));
        Map<String, String> given = new HashMap<>();
        for (String pair : metadata.split(" ", -1)) {
            command.addAll(List.of("--metadata", pair));
            String[] parts = pair.split("=", 2);
            given.put(parts[0], parts[1]);
        }

        CommandRun run = check(command.toArray(String[]::new));

        Trigger printed = ScaledObjects.triggers(run.out()).getFirst();
        given.putIfAbsent("wholeReplicas", "true");
        given.putIfAbsent("sessionSize" + (given.containsKey("sessionSizeFromEnv") ? "FromEnv" : ""), "100");
        assertThat(printed).isEqualTo(TriggerParser.parse(given));
        ScaledObjectFile.ParsedFile content = ScaledObjectFile.read(run.out(), Optional.empty());
        assertThat(content.ignored()).isEmpty();
        assertThat(run.out())
                .contains("name: \"web\"", "namespace: \"shop\"", "minReplicaCount: 2 ", "maxReplicaCount: 30 ");
    }

    @Test
    void noKeyOfACertificateIsPrinted() {
        CommandRun run =
                check("--metadata", "tlsClientKey=PRIVATE", "--metadata", "caCert=PUBLIC", "--print-scaledobject");

        assertThat(run.status()).isZero();
        assertThat(run.out()).doesNotContain("PRIVATE", "PUBLIC").contains("name: \"my-app\"");
    }

    @Test
    void warningsArePrintedBesideTheScaledObject() {
        sessions(5, 0);

        CommandRun run = check("--metadata", "keyPattern=session:*", "--print-scaledobject");

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err()).contains("have no TTL");
        assertThat(ScaledObjects.triggers(run.out())).hasSize(1);
    }

    @Test
    void checkShowsTheHpaThatTheScalerKnowsAndStartsFromItsReplicas(@TempDir Path directory) throws IOException {
        sessions(9, 1800);
        try (var api = KubernetesApi.start();
                var scaler = watching(api, directory)) {
            api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", """
                {"metadata": {"ownerReferences":
                     [{"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "uid": "u"}]},
                 "spec": {"minReplicas": 2, "maxReplicas": 4}, "status": {"currentReplicas": 3, "desiredReplicas": 4}}
                """);
            String[] check = ofWeb(scaler, "sessionSize=2");

            await().untilAsserted(() ->
                    assertThat(run(check).out()).contains("keda-hpa-web: 3 replicas now, 4 desired, between 2 and 4"));

            JsonObject json = JsonParser.parseString(run(Stream.concat(Stream.of(check), Stream.of("--output", "json"))
                                    .toArray(String[]::new))
                            .out())
                    .getAsJsonObject();
            assertThat(json.get("currentReplicas").getAsInt()).isEqualTo(3);
            assertThat(json.get("maxReplicas").getAsInt()).isEqualTo(4);
            assertThat(json.get("wantedReplicas").getAsInt()).isEqualTo(4);
            assertThat(json.getAsJsonObject("hpa").get("desiredReplicas").getAsInt())
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, ''                    , 0, 0, so KEDA starts none",
        "1, ''                    , 0, 0, and KEDA scales to 0 after cooldownPeriod",
        "1, '\"minReplicaCount\": 1,', 1, 1, 'the value needs 0, but minReplicaCount is 1'",
    })
    void theMinimumIsThatOfTheScaledObjectAndNotOfItsHpa(
            int current, String minReplicaCount, int minimum, int wanted, String reason, @TempDir Path directory)
            throws IOException {
        try (var api = KubernetesApi.start();
                var scaler = watching(api, directory)) {
            api.put(KubernetesApi.HPAS, "shop", "keda-hpa-web", """
                {"metadata": {"ownerReferences":
                     [{"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "uid": "u"}]},
                 "spec": {"minReplicas": 1, "maxReplicas": 4}, "status": {"currentReplicas": %d, "desiredReplicas": %d}}
                """.formatted(current, current));
            String[] check = ofWeb(scaler, "activationSessionSize=0");
            await().untilAsserted(() -> assertThat(run(check).out()).contains("if it is 1, add --min-replicas 1"));
            assertThat(run(check).out()).contains("wanted replicas    0, from " + current + " now");

            api.put(
                    KubernetesApi.SCALED_OBJECTS,
                    "shop",
                    "web",
                    "{\"spec\": {%s \"triggers\": [{\"type\": \"external\"}]}}".formatted(minReplicaCount));

            await().untilAsserted(() -> assertThat(run(check).out())
                    .contains("wanted replicas    %d, from %d now".formatted(wanted, current), reason)
                    .doesNotContain("assumed"));
            assertThat(run(Stream.concat(Stream.of(check), Stream.of("--output", "json"))
                                    .toArray(String[]::new))
                            .out())
                    .contains("\"minReplicas\": %d,\n  \"maxReplicas\"".formatted(minimum));
        }
    }

    private static String[] ofWeb(RunningScaler scaler, String metadata) {
        return new String[] {
            "check",
            "--scaler",
            "127.0.0.1:" + scaler.scaler().grpcPort(),
            "--namespace",
            "shop",
            "--name",
            "web",
            "--metadata",
            metadata
        };
    }

    private static RunningScaler watching(KubernetesApi api, Path directory) throws IOException {
        return RunningScaler.with(Map.of(
                "REDIS_ADDRESS",
                "127.0.0.1:" + redis.port(),
                "KUBERNETES_WATCH",
                "true",
                "KUBERNETES_CONFIG_FILE",
                Files.writeString(directory.resolve("kubeconfig"), api.kubeconfig())
                        .toString()));
    }

    @Test
    void everyFieldIsDocumented() throws IOException {
        sessions(30, 1800);
        jedis.aclSetUser("scaler", "reset", "on", ">" + PASSWORD, "+ping", "+dbsize", "+info", "+scan");
        Set<String> fields = new TreeSet<>();
        fields(json("--metadata", "keyPattern=session:*"), fields);
        fields(json(), fields);
        fields(asScaler(Map.of("keyPattern", "session:*", "keyType", "string")), fields);
        try (var scaler = RunningScaler.onPort(redis.port())) {
            fields(
                    JsonParser.parseString(run(
                                            "check",
                                            "--scaler",
                                            "127.0.0.1:" + scaler.scaler().grpcPort(),
                                            "--metadata",
                                            "lookAhead=2m",
                                            "--output",
                                            "json")
                                    .out())
                            .getAsJsonObject(),
                    fields);
        }
        fields.addAll(List.of("scan", "keysSeen", "keysExpected", "wholeSeconds")); // during a scan
        fields.addAll(List.of("hpa", "name", "desiredReplicas", "remarks")); // with KUBERNETES_WATCH
        fields.add("databasesProblem"); // if the search fails
        fields.addAll(List.of("now", "reported", "forecast", "meanError", "meanErrorOfNow")); // after some minutes

        Set<String> documented = new TreeSet<>();
        String page = Files.readString(Path.of("..", "docs", "check.md"));
        Pattern.compile("\"(\\w+)\": ")
                .matcher(page.substring(page.indexOf("```jsonc")))
                .results()
                .forEach(name -> documented.add(name.group(1)));
        assertThat(fields).isEqualTo(documented);
    }

    private static void fields(JsonObject json, Set<String> names) {
        json.entrySet().forEach(entry -> {
            names.add(entry.getKey());
            JsonElement value = entry.getValue();
            if (value.isJsonObject() && !Set.of("commands", "metadata").contains(entry.getKey())) {
                fields(value.getAsJsonObject(), names);
            } else if (value instanceof JsonArray list
                    && !list.isEmpty()
                    && list.get(0).isJsonObject()) {
                fields(list.get(0).getAsJsonObject(), names);
            }
        });
    }

    private static List<String> missing(JsonObject found, String kind) {
        return found.getAsJsonObject("rights").getAsJsonArray(kind).asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    /** As an administrator would, who pastes the line. */
    private static void type(String line) {
        String[] words = line.split(" ", -1);
        jedis.sendCommand(Protocol.Command.ACL, Arrays.copyOfRange(words, 1, words.length));
    }

    private static String url() {
        return "redis://scaler:" + PASSWORD + "@" + redis.address();
    }

    private static JsonObject asScaler(Map<String, String> metadata) {
        Stream<String> options = metadata.entrySet().stream()
                .flatMap(entry -> Stream.of("--metadata", entry.getKey() + "=" + entry.getValue()));
        return JsonParser.parseString(
                        run(Stream.concat(Stream.of("check", "--redis", url(), "--output", "json"), options)
                                        .toArray(String[]::new))
                                .out())
                .getAsJsonObject();
    }

    private static JsonObject json(String... options) {
        return JsonParser.parseString(check(Stream.concat(Arrays.stream(options), Stream.of("--output", "json"))
                                .toArray(String[]::new))
                        .out())
                .getAsJsonObject();
    }

    private static CommandRun check(String... options) {
        return run(Stream.concat(Stream.of("check", "--redis", redis.address()), Arrays.stream(options))
                .toArray(String[]::new));
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(arguments);
    }

    /** Puts sessions in, which live so many seconds, or for ever; returns their ids. */
    private static List<String> sessions(int number, long seconds) {
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString())
                .limit(number)
                .toList();
        Pipeline pipeline = jedis.pipelined();
        for (String id : ids) {
            pipeline.set("session:" + id, "x");
            if (seconds > 0) {
                pipeline.expire("session:" + id, seconds);
            }
        }
        pipeline.sync();
        return ids;
    }
}
