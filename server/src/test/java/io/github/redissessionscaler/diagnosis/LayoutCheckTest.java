package io.github.redissessionscaler.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.SetParams;

final class LayoutCheckTest {

    private final CountedRedis redis = CountedRedis.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void sessionsAsThePresetSaysNeedNoAdvice() {
        hashes("spring:session:sessions:", 50);

        assertThat(look(Map.of("preset", "spring-session"))).isEmpty();
    }

    @Test
    void shadowKeysUnderThePresetWithoutAnIndexAreNoticed() {
        hashes("shop:sessions:", 50);
        strings("shop:sessions:expires:", 50, 1800);

        assertThat(look(Map.of("preset", "spring-session", "namespace", "shop")))
                .singleElement()
                .asString()
                .contains("match preset spring-session-indexed");
        assertThat(look(Map.of("preset", "spring-session-indexed", "namespace", "shop")))
                .isEmpty();
    }

    @Test
    void theIndexThatIsNotThereIsNoticed() {
        hashes("spring:session:sessions:", 50);

        assertThat(look(Map.of("preset", "spring-session-indexed")))
                .singleElement()
                .asString()
                .contains("match preset spring-session;");
    }

    @Test
    void sessionsThatNeverEndAreNoticed() {
        strings("app:_session_id:2::", 40, 0);

        assertThat(look(Map.of("preset", "rails")))
                .singleElement()
                .asString()
                .contains("inspected matching keys have no TTL");
    }

    @Test
    void aPrefixThatNothingHasIsNoticedAndNoKeyIsNamed() {
        strings("sess:secret-", 40, 1800);

        assertThat(look(Map.of("preset", "express", "prefix", "sesion:")))
                .singleElement()
                .asString()
                .contains("matches 'sesion:*'")
                .doesNotContain("secret");
    }

    @Test
    void eachKeyIsLookedAtOnce() {
        strings("shop:", 101, 1800);

        assertThat(look(Map.of("preset", "express")))
                .singleElement()
                .asString()
                .matches("none of \\d+ random keys matches .*")
                .satisfies(advice ->
                        assertThat(Integer.parseInt(advice.split(" ", 4)[2])).isBetween(1, 101));
    }

    @Test
    void keysOfAnotherTypeAreNoticed() {
        strings("web:", 40, 1800);

        assertThat(look(Map.of("keyPattern", "web:*", "keyType", "hash")))
                .singleElement()
                .asString()
                .contains("have a matching name but the type string, not hash");
        assertThat(look(Map.of("keyPattern", "web:*", "keyType", "ReJSON-RL")))
                .singleElement()
                .asString()
                .contains("have a matching name but the type string, not ReJSON-RL");
        assertThat(look(Map.of("keyPattern", "web:*", "hasField", "user")))
                .singleElement()
                .asString()
                .contains("the type string, not hash");
        assertThat(look(Map.of("keyPattern", "web:*", "elements", "true")))
                .singleElement()
                .asString()
                .contains("the type string, not list, set, zset, hash or stream");
        assertThat(look(Map.of("keyPattern", "web:*", "minSize", "1"))).isEmpty();
    }

    @Test
    void aCommaBetweenPatternsIsNoticed() {
        strings("web:sess:", 2, 1800);
        strings("a,b:", 2, 1800);

        assertThat(look(Map.of("keyPattern", "web:sess:*,api:sess:*")))
                .first()
                .asString()
                .contains("has a comma");
        assertThat(look(Map.of("keyPattern", "web:sess:*\napi:sess:*"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "a,b:*"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "web[,;]*\nx\\,y")))
                .singleElement()
                .asString()
                .startsWith("none of 4 random keys matches 'web[,;]*' or 'x\\,y'");
    }

    @Test
    void aTimeToLiveThatDoesNotFitIsNoticed() {
        strings("web:", 40, 3600);

        assertThat(look(Map.of("keyPattern", "web:*", "activeWithin", "5m", "sessionTtl", "1h")))
                .isEmpty();
        assertThat(look(Map.of("keyPattern", "web:*", "activeWithin", "5m", "sessionTtl", "30m")))
                .singleElement()
                .asString()
                .containsPattern("(\\d+) of \\1 inspected matching keys have more time to live than sessionTtl");
        redis.jedis.keys("*").forEach(redis.jedis::persist);
        assertThat(look(Map.of("keyPattern", "web:*", "activeWithin", "5m", "sessionTtl", "1h")))
                .singleElement()
                .asString()
                .contains("not counted");
    }

    @Test
    void keysWithoutTimeToLiveAreRightWhereTheirElementsOrTheirUseCount() {
        strings("web:", 10, 0);
        redis.jedis.sadd("u:1", "a", "b");
        redis.jedis.sadd("u:2", "c");

        assertThat(look(Map.of("keyPattern", "u:*", "elements", "true"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "web:*", "activeWithin", "10m"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "web:*"))).hasSize(1);
    }

    @Test
    void anEmptyDatabaseIsNothingToRemarkOn() {
        assertThat(look(Map.of("preset", "express"))).isEmpty();
    }

    @Test
    void anotherDatabaseThatIsNotEmptyIsNoticed() {
        redis.jedis.select(2);
        redis.jedis.set("sess:x", "x");

        for (Map<String, String> trigger : List.of(
                Map.<String, String>of(),
                Map.of("preset", "express"),
                Map.of("preset", "dedicated-database"),
                Map.of("keyPattern", "sess:*"))) {
            assertThat(look(trigger)).singleElement().asString().contains("db2 holds 1 key;");
        }
        redis.jedis.select(0);
        redis.jedis.set("sess:y", "x", SetParams.setParams().ex(1800));
        assertThat(look(Map.of("preset", "express"))).isEmpty();
    }

    @Test
    void aMissingKeyIsNoticed() {
        redis.jedis.set("other", "x", SetParams.setParams().ex(1800));

        assertThat(look(Map.of("key", "sessions"))).singleElement().asString().contains("'sessions' does not exist");
        assertThat(look(Map.of("key", "u:*"))).singleElement().asString().contains("elements: true");
        assertThat(look(Map.of("preset", "spring-session-zset")))
                .singleElement()
                .asString()
                .contains("does not exist");
        redis.jedis.sadd("sessions", "x");
        assertThat(look(Map.of("key", "sessions"))).isEmpty();
    }

    @Test
    void scoresThatAreNoTimesAreNoticed() {
        redis.jedis.zadd("ranks", Map.of("a", 1.0, "b", 2_000_000.0));
        assertThat(look(Map.of("key", "ranks", "activeWithin", "5m")))
                .singleElement()
                .asString()
                .contains("no score of");

        redis.jedis.zadd("ranks", 1_700_000_000_000_000.0, "c");
        assertThat(look(Map.of("key", "ranks", "activeWithin", "5m"))).isEmpty();
    }

    @Test
    void keysWithoutTimeToLiveInADedicatedDatabaseAreNoticed() {
        strings("a", 3, 0);
        strings("b", 2, 1800);

        assertThat(look(Map.of("preset", "dedicated-database")))
                .singleElement()
                .asString()
                .startsWith("3 of 5 keys have no TTL");
        strings("c", 1, 1800);
        assertThat(look(Map.of("preset", "dedicated-database")))
                .singleElement()
                .asString()
                .startsWith("3 of 6 keys have no TTL");
        strings("d", 1, 1800);
        assertThat(look(Map.of("preset", "dedicated-database"))).isEmpty();
    }

    @Test
    void halfOfAllKeysWithoutTimeToLiveAreNoticed() {
        strings("a", 3, 0);
        strings("b", 3, 1800);

        assertThat(look(Map.of())).singleElement().asString().startsWith("3 of 6 keys have no TTL, and are counted");
        strings("c", 1, 1800);
        assertThat(look(Map.of())).isEmpty();
    }

    @Test
    void aDatabaseOfOtherKeysTooIsNoticedWhereAllKeysCount() {
        strings("sess:", 30, 1800);
        assertThat(look(Map.of())).isEmpty();

        strings("cart:", 30, 1800);
        assertThat(look(Map.of()))
                .singleElement()
                .isEqualTo("all keys of the database count, but only 30 of 60 are sessions of preset express; use that"
                        + " preset");
        assertThat(look(Map.of("preset", "dedicated-database")))
                .singleElement()
                .isEqualTo("all keys with a time to live count, but only 30 of 60 are sessions of preset express; use"
                        + " that preset");
        assertThat(look(Map.of("preset", "express"))).isEmpty();
    }

    @Test
    void keysOfSeveralKindsAreNoticedWhereAllKeysCount() {
        strings("visit:", 30, 1800);
        strings("cart:", 30, 1800);

        assertThat(look(Map.of()))
                .singleElement()
                .isEqualTo("all keys of the database count, and they are of 2 kinds; use keyPattern");
        redis.jedis.keys("cart:*").forEach(redis.jedis::persist);
        assertThat(look(Map.of("preset", "dedicated-database")))
                .singleElement()
                .asString()
                .as("keys without TTL do not count, and are no kind")
                .startsWith("30 of 60 keys have no TTL, and are not counted");
    }

    @Test
    void sessionsOfTwoApplicationsAreNoWarningInADedicatedDatabase() {
        strings("visit:", 30, 1800);
        strings("cart:", 30, 1800);

        assertThat(look(Map.of("preset", "dedicated-database"))).isEmpty();
        assertThat(look(Map.of())).singleElement().asString().contains("they are of 2 kinds");
    }

    @Test
    void keysThatAreTooLongForARuleAreNoticed() {
        strings("sess:", 10, 1800);
        strings("sess:" + "x".repeat(3_000), 10, 1800);

        assertThat(look(Map.of("keyPattern", "sess:*"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "sess:*", "keyType", "string")))
                .singleElement()
                .asString()
                .matches("[1-9]\\d* of \\d+ inspected matching keys are longer than 2,048 bytes, and are not counted,"
                        + " because no rule can be checked for them");
    }

    @Test
    void aLargeDatabaseIsLookedAtInPart() {
        redis.fill("sess:" + UUID.randomUUID(), 0, 20_000);
        redis.fill("cache:", 0, 20_000);
        redis.forgetCalls();

        assertThat(look(Map.of()))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("all keys of the database count, and they are of 2 kinds");
        assertThat(redis.calls("pttl")).isBetween(200L, 2_000L);
        assertThat(redis.calls("type")).isEqualTo(redis.calls("pttl"));
    }

    @Test
    void whatRedisRefusesIsLeftOutWhereAllKeysCount() {
        strings("sess:", 30, 0);
        strings("cart:", 3, 1800);
        redis.jedis.aclSetUser("default", "-scan", "-randomkey");

        assertThat(look(Map.of())).singleElement().asString().startsWith("30 of 33 keys have no TTL");
        redis.jedis.aclSetUser("default", "+scan", "-info");
        assertThat(look(Map.of())).singleElement().asString().contains("are of 2 kinds");
    }

    @Test
    void aPatternThatMatchesNothingBesideAnotherIsNoticedIfItLooksWrong() {
        strings("web:sess:", 10, 1800);
        strings("api:sess:", 10, 1800);

        assertThat(look(Map.of("keyPattern", "web:sess:*\r\napi:sess:*\r\n"))).isEmpty();
        assertThat(look(Map.of("keyPattern", "web:sess:*\napi:sess:* ")))
                .singleElement()
                .asString()
                .startsWith("the pattern 'api:sess:* ' has white space at its beginning or end");
        for (String separator : List.of(",", ";", "|", " ")) {
            assertThat(look(Map.of("keyPattern", "web:*\nweb:*" + separator + "api:*")))
                    .singleElement()
                    .asString()
                    .contains("separates no patterns");
        }
        assertThat(look(Map.of("keyPattern", "*", "excludePattern", "web:*,x:*")))
                .singleElement()
                .asString()
                .startsWith("the pattern 'web:*,x:*' has a comma");
        assertThat(look(Map.of("keyPattern", "*", "excludePattern", "web:*\nx:*")))
                .isEmpty();
    }

    @Test
    void keysThatTwoSourcesCountAreNoticed() {
        strings("web:sess:", 10, 1800);
        strings("api:sess:", 10, 1800);
        redis.jedis.sadd("web:users", "a");
        redis.jedis.expire("web:users", 1800);

        assertThat(look(Map.of("sources", "- keyPattern: web:sess:*\n- keyPattern: api:sess:*")))
                .isEmpty();
        assertThat(look(Map.of("sources", "- keyPattern: web:*\n- keyPattern: '*:sess:*'")))
                .singleElement()
                .asString()
                .matches("sources\\[0] and sources\\[1] both count \\d+ of \\d+ inspected keys, which count twice;.*");
        assertThat(look(Map.of(
                        "sources",
                        "- {keyPattern: web:*, keyType: set}\n- {keyPattern: '*', excludePattern: web:users}")))
                .noneMatch(sentence -> sentence.contains("both count"));
        assertThat(look(Map.of("sources", "- {databaseIndex: 0}\n- {keyPattern: api:*}\n- {databaseIndex: 1}")))
                .anyMatch(sentence -> sentence.startsWith("sources[0] and sources[1] both count "));
    }

    @Test
    void aReplicaThatStillCopiesIsNoticed() {
        redis.jedis.set("sess:x", "x", SetParams.setParams().ex(1800));
        try (var primary = ScriptedRedis.primaryThatSendsNoData()) {
            redis.jedis.replicaof("127.0.0.1", primary.port());
            await().until(() -> redis.jedis.info("replication").contains("master_sync_in_progress:1"));

            assertThat(look(Map.of("preset", "express")))
                    .singleElement()
                    .asString()
                    .contains("still copies the data of its primary");
        }
    }

    @Test
    void aReplicaWithoutItsPrimaryIsNoticed() {
        redis.jedis.set("sess:x", "x", SetParams.setParams().ex(1800));
        redis.jedis.replicaof("127.0.0.1", 1);
        await().until(() -> redis.jedis.info("replication").contains("master_link_status:down"));

        assertThat(look(Map.of("preset", "express"))).singleElement().asString().contains("replica");
    }

    private List<String> look(Map<String, String> metadata) {
        Trigger trigger = TriggerParser.parse(metadata);
        return redis.inspector().findings(trigger.source(), trigger.layout()).advice();
    }

    private void hashes(String prefix, int number) {
        IntStream.range(0, number).forEach(i -> {
            String key = prefix + UUID.randomUUID();
            redis.jedis.hset(key, "creationTime", "0");
            redis.jedis.expire(key, 1800);
        });
    }

    private void strings(String prefix, int number, long seconds) {
        SetParams params =
                seconds == 0 ? SetParams.setParams() : SetParams.setParams().ex(seconds);
        IntStream.range(0, number).forEach(i -> redis.jedis.set(prefix + UUID.randomUUID(), "x", params));
    }
}
