package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static io.github.redissessionscaler.testing.CountedRedis.source;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyRule.HasField;
import io.github.redissessionscaler.trigger.KeyRule.MinSize;
import io.github.redissessionscaler.trigger.KeyRule.SumOfElements;
import io.github.redissessionscaler.trigger.KeyRule.UsedWithin;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.RestoreParams;

/** What counts of the keys whose names match, by their properties, on a real Redis. */
final class KeyRulesTest {

    private static final CountingOptions ONCE =
            new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 0.5, 1000, 1000);

    private static final KeyRule TEN_MINUTES = new UsedWithin(Duration.ofMinutes(10), Optional.empty());

    private final CountedRedis redis = CountedRedis.startWithDebug();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void severalPatternsCountEachKeyOnceInOnePass() {
        redis.fill("web:sess:", 0, 2);
        redis.fill("api:sess:", 0, 2);
        redis.fill("web:lock:", 0, 3);
        redis.fill("other:", 0, 4);
        redis.forgetCalls();

        assertThat(count(exact("web:sess:*", "api:sess:*"))).isEqualTo(4);
        assertThat(redis.calls("scan")).isEqualTo(1);
        assertThat(count(exact("web:*", "web:sess:*"))).isEqualTo(5);
        assertThat(count(exact("*").withExclude("web:*").withExclude("api:*"))).isEqualTo(4);
    }

    @Test
    void sumsTheElementsOfEveryTypeThatHasSome() {
        redis.jedis.sadd("u:1", "a", "b");
        redis.jedis.sadd("u:2", "c");
        assertThat(count(exact("u:*").with(new SumOfElements()))).isEqualTo(3);

        redis.jedis.rpush("u:list", "a", "b", "c", "d");
        redis.jedis.zadd("u:zset", Map.of("a", 1.0, "b", 2.0));
        redis.jedis.hset("u:hash", "a", "b");
        redis.jedis.xadd("u:stream", StreamEntryID.NEW_ENTRY, Map.of("a", "b"));
        redis.jedis.set("u:string", "abcdefghij");
        assertThat(count(exact("u:*").with(new SumOfElements()))).isEqualTo(11);
        assertThat(count(exact("u:*").withType(KeyType.SET).with(new SumOfElements())))
                .isEqualTo(3);
        assertThat(count(exact("u:*").with(new MinSize(2)).with(new SumOfElements())))
                .isEqualTo(8);
    }

    @Test
    void countsHashesWithAField() {
        redis.jedis.hset("s:1", "a", "1");
        redis.jedis.hset("s:2", Map.of("a", "1", "user", "7"));
        redis.jedis.set("s:3", "user");

        assertThat(count(exact("s:*").with(new HasField("user")))).isEqualTo(1);
        assertThat(count(exact("s:*").with(new HasField("a")))).isEqualTo(2);
        assertThat(redis.calls("hget") + redis.calls("hgetall") + redis.calls("get"))
                .isZero();
    }

    @Test
    void countsKeysFromASizeOn() {
        redis.jedis.set("s:robot", "{}");
        redis.jedis.set("s:user", "{\"user\": 7}");
        redis.jedis.hset("s:hash", Map.of("a", "1", "b", "2", "c", "3"));

        assertThat(count(exact("s:*").with(new MinSize(3)))).isEqualTo(2);
        assertThat(count(exact("s:*").with(new MinSize(4)))).isEqualTo(1);
        assertThat(count(exact("s:*").withType(KeyType.STRING).with(new MinSize(2))))
                .isEqualTo(2);
    }

    @Test
    void countsSessionsUsedWithinATimeByTheirTimeToLive() {
        long week = Duration.ofDays(7).toSeconds();
        for (int i = 0; i < 40; i++) {
            redis.set("sess:" + i, i < 10 ? week - 300 : week - 3_600);
        }
        redis.set("sess:forever", week);
        redis.jedis.persist("sess:forever");

        assertThat(count(exact("sess:*").with(new UsedWithin(Duration.ofMinutes(10), Optional.of(Duration.ofDays(7))))))
                .isEqualTo(10);
    }

    @Test
    void countsSessionsUsedWithinATimeByTheirIdleTime() {
        withIdleTimes(40, 10);

        assertThat(count(exact("sess:*").with(TEN_MINUTES))).isEqualTo(10);
        assertThat(count(exact("sess:*").with(TEN_MINUTES)))
                .as("counting is no use")
                .isEqualTo(10);
    }

    @Test
    void saysThatALfuPolicyKeepsNoIdleTimesAndCountsTheOtherPatternsAllTheSame() {
        redis.fill("sess:", 0, 5);
        redis.jedis.configSet("maxmemory-policy", "allkeys-lfu");

        try (SourceCounter counter = redis.counter(ONCE)) {
            assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> counter.count(source(exact("sess:*").with(TEN_MINUTES))))
                    .withMessageContaining("maxmemory-policy is LFU")
                    .withMessageContaining("sessionTtl")
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.UNSUPPORTED);
            assertThat(counter.count(source(exact("sess:*"))).value()).isEqualTo(5);
        }
    }

    @Test
    void warnsWhereAnotherTriggerResetsTheIdleTimes() {
        withIdleTimes(4, 2);
        var idle = source(exact("sess:*").with(TEN_MINUTES));
        try (SourceCounter counter = redis.counter(ONCE)) {
            counter.count(idle);
            assertThat(counter.doubts(idle)).isEmpty();

            counter.count(source(exact("sess:*").with(new MinSize(1))));
            assertThat(counter.doubts(idle)).singleElement().asString().contains("sessionTtl");
        }
    }

    @Test
    void estimatesWithEveryRule() {
        redis.fill("other:", 0, 30_000);
        try (Pipeline pipeline = redis.jedis.pipelined()) {
            for (int i = 0; i < 10_000; i++) {
                pipeline.hset("s:" + i, i % 4 == 0 ? Map.of("a", "1", "user", "7") : Map.of("a", "1"));
                String[] members = new String[1 + i % 5];
                Arrays.setAll(members, String::valueOf);
                pipeline.sadd("u:" + i, members);
            }
            pipeline.sync();
        }

        assertEstimated(MatchingKeys.of("s:*").with(new HasField("user")), 2_500);
        assertEstimated(MatchingKeys.of("s:*").with(new MinSize(2)), 2_500);
        assertEstimated(MatchingKeys.of("u:*").with(new SumOfElements()), 30_000);
        assertEstimated(MatchingKeys.of("s:*", "u:*"), 20_000);
    }

    private void assertEstimated(MatchingKeys query, double truth) {
        try (SourceCounter counter = redis.counter(ONCE)) {
            Count count = counter.count(source(query.withAccuracy(Accuracy.ESTIMATE)));

            assertThat(count.method()).isEqualTo(Count.Method.ESTIMATE);
            assertThat(count.standardError()).isBetween(0.001 * truth, 0.06 * truth);
            assertThat(count.value()).isCloseTo(truth, within(6 * count.standardError()));
        }
    }

    /** Sessions, of which some were used now, and the others an hour ago. */
    private void withIdleTimes(int sessions, int used) {
        byte[] value = dumped();
        for (int i = 0; i < sessions; i++) {
            long idle = i < used ? 0 : Duration.ofHours(1).toSeconds();
            redis.jedis.restore(
                    ("sess:" + i).getBytes(UTF_8),
                    0,
                    value,
                    RestoreParams.restoreParams().idleTime(idle));
        }
    }

    private byte[] dumped() {
        redis.jedis.set("dumped", "x");
        return redis.jedis.dump("dumped".getBytes(UTF_8));
    }

    private double count(MatchingKeys query) {
        try (SourceCounter counter = redis.counter(ONCE)) {
            return counter.count(source(query)).value();
        }
    }
}
