package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.testing.RedisCluster;
import io.github.redissessionscaler.testing.RedisSentinel;
import io.github.redissessionscaler.testing.RedisServer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** {@code check --redis} without anything in the metadata that says what to count: it finds the layouts. */
final class CheckLayoutsTest {

    private static final int SESSIONS = 30;

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
        jedis.select(0);
    }

    /** Keys as a framework writes them, and the metadata that counts them. */
    record Written(Map<String, String> metadata, boolean hashes, List<IntFunction<String>> keys) {
        @Override
        public String toString() {
            return metadata.toString();
        }
    }

    static Stream<Written> layouts() {
        return Stream.of(
                strings(Map.of("preset", "express"), i -> "sess:" + id(i, 32), i -> "cache:page:" + i),
                strings(
                        Map.of("preset", "express", "prefix", "shop:sess:"),
                        i -> "shop:sess:" + id(i, 32),
                        i -> "shop:lock:" + i),
                hashes(Map.of("preset", "fastify-session"), i -> "sess:" + id(i, 21)),
                hashes(Map.of("preset", "spring-session"), i -> "spring:session:sessions:" + uuid(i)),
                strings(
                        Map.of("preset", "spring-session-indexed", "namespace", "shop:web"),
                        i -> "shop:web:sessions:expires:" + uuid(i)),
                strings(Map.of("preset", "django"), i -> ":1:django.contrib.sessions.cached_db" + hex(i, 32)),
                strings(
                        Map.of("preset", "django", "prefix", "shop:2:"),
                        i -> "shop:2:django.contrib.sessions.cache" + hex(i, 32)),
                strings(
                        Map.of("preset", "laravel", "prefix", "shop_database_shop_cache_"),
                        i -> "shop_database_shop_cache_" + id(i, 40),
                        i -> "shop_database_shop_cache_" + hex(i, 40),
                        i -> "shop_database_shop_cache_" + hex(i, 40) + ":timer"),
                strings(Map.of("preset", "php", "prefix", "PHPREDIS_SESSION:"), i -> "PHPREDIS_SESSION:" + hex(i, 26)),
                strings(Map.of("preset", "flask"), i -> "session:" + id(i, 42) + "_"),
                strings(
                        Map.of("preset", "gin"),
                        i -> "session_" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(2).substring(0, 46) + base32(i)),
                strings(Map.of("preset", "symfony"), i -> "sf_s" + hex(i, 26)),
                strings(Map.of("preset", "gitlab"), i -> "session:gitlab:2::" + hex(i, 64), i -> "cache:gitlab:" + i),
                strings(Map.of("preset", "redis-rack"), i -> "rack:session:2::" + hex(i, 64)),
                strings(
                        Map.of("preset", "better-auth"),
                        i -> "better-auth:" + id(i, 32),
                        i -> "better-auth:active-sessions-" + id(i, 32),
                        i -> "better-auth:10.0.0." + i + "|/sign-up/email"),
                strings(Map.of("preset", "litestar"), i -> "LITESTAR:" + hex(i, 64), i -> "LITESTAR:GET/page/" + i),
                strings(Map.of("preset", "aiohttp-session"), i -> "AIOHTTP_SESSION_" + hex(i, 32)),
                strings(
                        Map.of("preset", "codeigniter"),
                        i -> "ci_session:ci_session:" + hex(i, 32),
                        i -> "ci_session:x" + i + ":lock"),
                hashes(Map.of("preset", "magento"), i -> "sess_" + hex(i, 26)),
                hashes(
                        Map.of("preset", "moodle", "prefix", "mdl_"),
                        i -> "mdl_session_" + hex(i, 32),
                        i -> "mdl_user_" + i),
                hashes(Map.of("preset", "aspnet", "prefix", "shop"), i -> "{shop_" + hex(i, 24) + "}_SessionTimeout"),
                strings(Map.of("preset", "oauth2-proxy"), i -> "_oauth2_proxy-" + hex(i, 32)),
                strings(Map.of("preset", "dedicated-database"), i -> id(i, 32)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void aLayoutIsFoundWithItsSettingAndItsSessions(Written written) {
        write(jedis, written);

        JsonObject database = databases(run("--output", "json")).getFirst();

        assertThat(database.get("index").getAsInt()).isZero();
        JsonObject best = database.getAsJsonArray("layouts").get(0).getAsJsonObject();
        assertThat(strings(best.getAsJsonObject("metadata"))).isEqualTo(written.metadata());
        assertThat(best.get("sessions").getAsInt()).isEqualTo(SESSIONS);
    }

    @Test
    void theTriggerIsPrintedAndADatabaseOfOtherKeysTooIsAWarning() {
        write(jedis, strings(Map.of(), i -> "shop:sess:" + id(i, 32), i -> "shop:cart:" + i, i -> "shop:price:" + i));

        CommandRun run = run();

        assertThat(run.status()).isEqualTo(CheckResult.DOUBTFUL);
        assertThat(run.out())
                .contains("Warning: all keys of the database count, but only 30 of 90 are sessions of preset express;"
                        + " use that")
                .containsPattern(
                        "database 0 +90 keys, 90 looked at\n +preset express, prefix \"shop:sess:\": 30 sessions\n")
                .contains("""

                    The trigger for these sessions:
                      - type: external
                        metricType: AverageValue
                        metadata:
                          scalerAddress: "redis-session-scaler.keda:6000"
                          preset: "express"
                          prefix: "shop:sess:"
                          wholeReplicas: "true"
                    """)
                .doesNotContain(id(7, 32));
        assertThat(run("--output", "json").out())
                .contains("\"status\": 3")
                .containsPattern("\"advice\": \\[\\s+\"all keys of the database count, but only 30 of 90");
    }

    @Test
    void aDatabaseOfSessionsAloneIsNoWarning() {
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32)));

        CommandRun run = run();

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("preset express, prefix \"sess:\": 30 sessions");
    }

    @Test
    void theTriggerIsForTheDatabaseThatTheMetadataNames() {
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32), i -> "sess:" + id(i, 31) + "x"));
        jedis.select(3);
        write(jedis, strings(Map.of(), i -> "laravel_database_laravel_cache:" + id(i, 40)));

        assertThat(run("--metadata", "databaseIndex=3").out())
                .contains("database 0")
                .containsPattern("The trigger for these sessions:[^:]*\\n(.*\\n)*.*preset: \"laravel\"")
                .doesNotContainPattern("The trigger for these sessions:[^:]*\\n(.*\\n)*.*preset: \"express\"");
    }

    @Test
    void sessionsInAnotherDatabaseAreFound() {
        jedis.select(3);
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32)));

        JsonObject database = databases(run("--output", "json")).getFirst();

        assertThat(database.get("index").getAsInt()).isEqualTo(3);
        assertThat(strings(database.getAsJsonArray("layouts")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonObject("metadata")))
                .isEqualTo(Map.of("preset", "express", "databaseIndex", "3"));
    }

    @Test
    void whereNoPresetFitsTheKindsOfKeysAreShown() {
        write(jedis, strings(Map.of(), i -> "visit:" + i, i -> "visit:" + (1000 + i)));
        IntStream.range(0, 20).forEach(i -> jedis.sadd("cart:" + i, "x"));

        CommandRun run = run();

        assertThat(run.status()).isEqualTo(CheckResult.DOUBTFUL);
        assertThat(run.out())
                .contains("Warning: all keys of the database count, and they are of 2 kinds; use keyPattern")
                .containsPattern(" 75\\.0 %  string +TTL up to (30m|29m59s) +visit:\\*\n")
                .containsPattern(" 25\\.0 %  set +no TTL +cart:\\*\n")
                .contains("count those of your sessions by keyPattern");
    }

    @Test
    void aPatternIsProposedWhereNoPresetFits() {
        write(jedis, strings(Map.of(), i -> "my-app2:" + base64(i), i -> "visit:" + i));

        CommandRun run = run();

        assertThat(run.out())
                .contains("keyPattern \"my-app2:*\": 30 keys that may be sessions")
                .contains("The trigger for these keys, if they are the sessions:")
                .contains("keyPattern: \"my-app2:*\"");
        JsonObject pattern = databases(run("--output", "json"))
                .getFirst()
                .getAsJsonArray("patterns")
                .get(0)
                .getAsJsonObject();
        assertThat(strings(pattern.getAsJsonObject("metadata"))).isEqualTo(Map.of("keyPattern", "my-app2:*"));
        assertThat(pattern.get("keys").getAsInt()).isEqualTo(SESSIONS);
    }

    @Test
    void aProposedPatternLeavesOutOtherKeysWithTheSameBeginning() {
        write(jedis, strings(Map.of(), i -> "shop:" + base64(i), i -> "shop:price:" + i, i -> "shop:x" + i));
        IntStream.range(0, SESSIONS).forEach(i -> jedis.hset("shop:" + id(i, 32), "a", "b"));

        assertThat(run().out())
                .contains(
                        "keyPattern \"shop:" + "?".repeat(32) + "\", keyType \"string\": 30 keys that may be sessions");
    }

    @Test
    void aPrefixWithoutAColonIsProposedToo() {
        write(jedis, strings(Map.of(), i -> "app_sid_" + base64(i), i -> "visit:" + i));

        assertThat(run().out()).contains("keyPattern \"app_sid_*\": 30 keys that may be sessions");
    }

    @Test
    void aPresetWithoutPrefixIsShownWithoutOne() {
        write(jedis, strings(Map.of(), i -> "tz4a98xxat96iws9zmbr" + base36(i)));

        assertThat(run().out()).contains("preset adonisjs, without prefix: 30 sessions");
    }

    @Test
    void anIndexOfUsersIsNoLayoutOfItsOwn() {
        write(
                jedis,
                strings(
                        Map.of(),
                        i -> "better-auth:" + id(i, 32),
                        i -> "better-auth:active-sessions-" + id(i + 500, 32)));

        JsonObject database = databases(run("--output", "json")).getFirst();

        assertThat(database.getAsJsonArray("layouts")).hasSize(1);
        assertThat(run().out()).contains("preset better-auth, prefix \"better-auth:\": 30 sessions");
    }

    @Test
    void keysWithoutTimeToLiveAreNotProposed() {
        IntStream.range(0, SESSIONS).forEach(i -> jedis.set("order:" + hex(i, 32), "x"));

        assertThat(run().out()).doesNotContain("may be sessions");
    }

    @Test
    void aWordThatFewKeysShareIsNotShown() {
        jedis.set("alice:sess:" + id(1, 32), "x", SetParams.setParams().ex(1800));
        jedis.set("bob:sess:" + id(2, 32), "x", SetParams.setParams().ex(1800));

        assertThat(run().out()).doesNotContain("alice", "bob");
    }

    @Test
    void aUserThatMayNotListKeysLearnsWhy() {
        jedis.aclSetUser("scaler", "reset", "on", ">open-sesame", "+ping", "+dbsize", "+info");
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32)));

        CommandRun run = CommandRun.of("check", "--redis", "redis://scaler:open-sesame@" + redis.address());

        assertThat(run.status()).isZero();
        assertThat(run.out()).containsPattern("layouts +unknown: NOPERM");
        jedis.aclDelUser("scaler");
    }

    @Test
    void aUserThatMayNotReadTypesLearnsWhatTheNamesFit() {
        jedis.aclSetUser("scaler", "reset", "on", ">open-sesame", "+ping", "+dbsize", "+scan");
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32), i -> "cart:" + i));

        CommandRun run = CommandRun.of("check", "--redis", "redis://scaler:open-sesame@" + redis.address());

        assertThat(run.out())
                .contains("preset fastify-session, prefix \"sess:\": 30 sessions; the same keys fit express");
        jedis.aclDelUser("scaler");
    }

    @Test
    void largeDatabasesAreSampled() {
        Pipeline pipeline = jedis.pipelined();
        IntStream.range(0, 30_000)
                .forEach(i -> pipeline.set(
                        "sess:" + id(i, 32), "x", SetParams.setParams().ex(1800)));
        IntStream.range(0, 10_000).forEach(i -> pipeline.set("cache:" + i, "x"));
        pipeline.sync();

        JsonObject database = databases(run("--output", "json")).getFirst();

        assertThat(run().out())
                .containsPattern("looked at: sessions that are fewer than \\d+ of the keys may be missing");
        assertThat(database.get("size").getAsInt()).isEqualTo(40_000);
        assertThat(database.get("lookedAt").getAsInt()).isBetween(1_000, 20_000);
        assertThat(database.getAsJsonArray("layouts")
                        .get(0)
                        .getAsJsonObject()
                        .get("sessions")
                        .getAsDouble())
                .isBetween(25_000.0, 35_000.0);
    }

    @Test
    void aClusterIsSearchedOnEveryPrimary() {
        try (var cluster = RedisCluster.start(3, false);
                var client = cluster.connect()) {
            IntStream.range(0, SESSIONS)
                    .forEach(i -> client.set(
                            "sess:" + id(i, 32), "x", SetParams.setParams().ex(1800)));

            JsonObject database = databases(CommandRun.of(
                            "check",
                            "--redis",
                            "redis-cluster://" + cluster.nodes().getFirst(),
                            "--output",
                            "json"))
                    .getFirst();

            assertThat(database.getAsJsonArray("layouts")
                            .get(0)
                            .getAsJsonObject()
                            .get("sessions")
                            .getAsInt())
                    .isEqualTo(SESSIONS);
        }
    }

    @Test
    void thePrimaryOfASentinelIsSearched() {
        try (var sentinel = RedisSentinel.start();
                Jedis primary = sentinel.first().connect()) {
            write(primary, strings(Map.of(), i -> "sess:" + id(i, 32)));

            assertThat(CommandRun.of("check", "--redis", sentinel.url()).out())
                    .contains("preset express, prefix \"sess:\": 30 sessions");
        }
    }

    @Test
    void aDatabaseThatTheUserMayNotSelectIsLeftOut() {
        jedis.aclSetUser(
                "scaler", "reset", "on", ">open-sesame", "+ping", "+dbsize", "+info", "+scan", "+type", "+pttl", "~*");
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32)));
        jedis.select(3);
        write(jedis, strings(Map.of(), i -> "sess:" + id(i, 32)));

        CommandRun run = CommandRun.of("check", "--redis", "redis://scaler:open-sesame@" + redis.address());

        assertThat(run.out())
                .contains("preset express, prefix \"sess:\": 30 sessions")
                .doesNotContain("database 3");
        jedis.aclDelUser("scaler");
    }

    private static void write(Jedis client, Written written) {
        Pipeline pipeline = client.pipelined();
        for (IntFunction<String> keys : written.keys()) {
            for (int i = 0; i < SESSIONS; i++) {
                if (written.hashes()) {
                    pipeline.hset(keys.apply(i), "a", "b");
                    pipeline.expire(keys.apply(i), 1800);
                } else {
                    pipeline.set(keys.apply(i), "x", SetParams.setParams().ex(1800));
                }
            }
        }
        pipeline.sync();
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Written strings(Map<String, String> metadata, IntFunction<String>... keys) {
        return new Written(metadata, false, List.of(keys));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Written hashes(Map<String, String> metadata, IntFunction<String>... keys) {
        return new Written(metadata, true, List.of(keys));
    }

    private static CommandRun run(String... options) {
        return CommandRun.of(Stream.concat(Stream.of("check", "--redis", redis.address()), Stream.of(options))
                .toArray(String[]::new));
    }

    private static List<JsonObject> databases(CommandRun run) {
        return JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonArray("databases").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static Map<String, String> strings(JsonObject json) {
        return json.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().getAsString()));
    }

    private static String uuid(int i) {
        return new UUID(i, 42).toString();
    }

    /** Letters of both cases and digits. */
    private static String id(int i, int length) {
        return ("%06d".formatted(i) + "aZ9xK3mQ7wB5".repeat(8)).substring(0, length);
    }

    private static String hex(int i, int length) {
        return ("%08x".formatted(i) + "9f3b7c1d5e".repeat(8)).substring(0, length);
    }

    /** Letters of both cases, digits, - and _. */
    private static String base64(int i) {
        byte[] bytes = new byte[24];
        new Random(i).nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static String base36(int i) {
        return Integer.toString(50_000 + 1_000 * i, 36).substring(0, 4);
    }

    private static String base32(int i) {
        StringBuilder text = new StringBuilder();
        for (int rest = i, k = 0; k < 6; k++, rest /= 26) {
            text.append((char) ('A' + rest % 26));
        }
        return text.toString();
    }
}
