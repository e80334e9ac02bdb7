package io.github.redissessionscaler.reading;

import static io.github.redissessionscaler.testing.CountedRedis.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.CountQuery.Elements;
import io.github.redissessionscaler.trigger.CountQuery.RecentMembers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.XAddParams;

final class SourceCounterTest {

    private final CountedRedis redis = CountedRedis.start();
    private final SourceCounter counter = redis.counter(InstantSource.system());

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void countsTheElementsOfEveryType() {
        redis.jedis.rpush("list", "a", "b");
        redis.jedis.sadd("set", "a", "b", "c");
        redis.jedis.zadd("zset", 1, "a");
        redis.jedis.hset("hash", Map.of("a", "1", "b", "2"));
        redis.jedis.xadd("stream", Map.of("a", "1"), XAddParams.xAddParams());
        redis.jedis.pfadd("visitors", "a", "b", "c", "d");
        redis.jedis.set("number", "17.5");

        assertThat(elements("list")).isEqualTo(2);
        assertThat(elements("set")).isEqualTo(3);
        assertThat(elements("zset")).isEqualTo(1);
        assertThat(elements("hash")).isEqualTo(2);
        assertThat(elements("stream")).isEqualTo(1);
        assertThat(elements("visitors")).isEqualTo(4);
        assertThat(elements("number")).isEqualTo(17.5);
        assertThat(elements("nothing")).isZero();
    }

    @Test
    void countsOnAfterTheTypeOfAKeyHasChanged() {
        redis.jedis.rpush("key", "a");
        assertThat(elements("key")).isEqualTo(1);

        redis.jedis.del("key");
        assertThat(elements("key")).isZero();
        redis.jedis.sadd("key", "a", "b");
        assertThat(elements("key")).isEqualTo(2);
        redis.jedis.set("key", "5");
        assertThat(elements("key")).isEqualTo(5);
        redis.jedis.del("key");
        redis.jedis.pfadd("key", "a", "b", "c");
        assertThat(elements("key")).isEqualTo(3);
    }

    @Test
    void asksNothingTwiceOnceItKnowsTheKey() {
        redis.jedis.rpush("list", "a");
        redis.jedis.set("number", "3");
        redis.jedis.zadd("recent", (double) Instant.now().toEpochMilli(), "a");
        var recent = source(new RecentMembers("recent", Duration.ofMinutes(5)));
        var unexpired = source(new CountQuery.UnexpiredMembers("recent"));
        elements("list");
        elements("number");
        counter.count(recent);
        counter.count(unexpired);
        redis.forgetCalls();

        for (int i = 0; i < 3; i++) {
            elements("list");
            elements("number");
            counter.count(recent);
            counter.count(unexpired);
        }

        assertThat(redis.calls("llen")).isEqualTo(3);
        assertThat(redis.calls("get")).isEqualTo(3);
        assertThat(redis.calls("zcount")).as("of three ranges, and of one").isEqualTo(12);
        assertThat(redis.calls("type") + redis.calls("time")).isZero();
    }

    @Test
    void saysWhyAStringIsNotANumber() {
        redis.jedis.set("text", "secret session");
        assertThatExceptionOfType(KeyspaceException.class)
                .isThrownBy(() -> elements("text"))
                .withMessageContaining("'text'")
                .withMessageContaining("not a number")
                .withMessageNotContaining("secret")
                .extracting(KeyspaceException::reason)
                .isEqualTo(Reason.NOT_A_NUMBER);

        for (String number : new String[] {"-1", "1e999", "1e300", "1000000000001", "nan", "inf", "0x10", "1d"}) {
            redis.jedis.set("text", number);
            assertThatExceptionOfType(KeyspaceException.class)
                    .as(number)
                    .isThrownBy(() -> elements("text"))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.NOT_A_NUMBER);
        }
    }

    @Test
    void saysWhichTypeItFoundWhereASortedSetIsWanted() {
        redis.jedis.rpush("list", "a");

        assertThatExceptionOfType(KeyspaceException.class)
                .isThrownBy(() -> counter.count(source(new RecentMembers("list", Duration.ofMinutes(5)))))
                .withMessageContaining("list")
                .withMessageContaining("sorted set")
                .extracting(KeyspaceException::reason)
                .isEqualTo(Reason.WRONGTYPE);
    }

    @Test
    void countsRecentMembersInSecondsAndInMilliseconds() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("seconds", Map.of("new", now / 1e3 - 10, "newer", now / 1e3, "old", now / 1e3 - 400));
        redis.jedis.zadd("millis", Map.of("new", now - 10_000.0, "future", now + 5_000.0, "old", now - 400_000.0));
        redis.jedis.zadd("both", Map.of("a", now / 1e3 - 10, "b", now - 10_000.0, "old", now - 400_000.0));

        assertThat(recent("seconds")).isEqualTo(2);
        assertThat(recent("millis")).isEqualTo(2);
        assertThat(recent("both")).isEqualTo(2);
        assertThat(recent("nothing")).isZero();
    }

    @Test
    void countsRecentMembersInMicrosecondsAndInNanoseconds() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("us", Map.of("u1", now * 1e3, "old", (now - 400_000) * 1e3));
        redis.jedis.zadd("ns", Map.of("new", now * 1e6, "future", (now + 5_000) * 1e6, "old", (now - 400_000) * 1e6));
        redis.jedis.zadd(
                "all",
                Map.of("s", now / 1e3, "ms", now * 1.0, "us", now * 1e3, "ns", now * 1e6, "old", 4e5, "later", 1e300));

        assertThat(recent("us")).isEqualTo(1);
        assertThat(recent("ns")).isEqualTo(2);
        assertThat(recent("all")).isEqualTo(5);
    }

    @Test
    void infiniteScoresAreInTheFutureAndNegativeOnesAreNoTimes() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("odd", Map.of("never", Double.POSITIVE_INFINITY, "new", now * 1.0));
        redis.jedis.zadd("odd", Map.of("least", Double.NEGATIVE_INFINITY, "negative", -now * 1.0, "zero", 0.0));

        assertThat(recent("odd")).isEqualTo(2);
    }

    @Test
    void oneSecondCountsTheMembersThatHaveNotExpired() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("expiry", Map.of("dead", now - 60_000.0, "alive", now + 60_000.0));

        assertThat(counter.count(source(new RecentMembers("expiry", Duration.ofSeconds(1))))
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aMemberScoredInTheOtherUnitCountsAtOnce() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("either", now / 1e3 - 10, "a");
        assertThat(recent("either")).isEqualTo(1);

        redis.jedis.zadd("either", now - 10_000.0, "b");
        assertThat(recent("either")).isEqualTo(2);

        redis.jedis.zrem("either", "a", "b");
        redis.jedis.zadd("either", now / 1e3 - 10, "c");
        assertThat(recent("either")).isEqualTo(1);
    }

    @Test
    void goesByTheServersClock() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("millis", Map.of("new", now - 10_000.0, "old", now - 400_000.0));
        SourceCounter hoursBehind = redis.counter(InstantSource.offset(InstantSource.system(), Duration.ofHours(-5)));

        assertThat(hoursBehind
                        .count(source(new RecentMembers("millis", Duration.ofMinutes(5))))
                        .value())
                .isEqualTo(1);
    }

    @Test
    void countsMembersThatHaveNotExpired() {
        long now = Instant.now().toEpochMilli();
        redis.jedis.zadd("expiry", Map.of("dead", now - 1_000.0, "alive", now + 60_000.0, "longer", now + 90_000.0));

        assertThat(counter.count(source(new CountQuery.UnexpiredMembers("expiry")))
                        .value())
                .isEqualTo(2);
    }

    @Test
    void countsKeysThatExpireOfItsDatabaseOnly() {
        redis.set("a", 100);
        redis.set("b", 100);
        redis.jedis.set("forever", "");
        redis.jedis.select(1);
        redis.set("other", 100);

        assertThat(counter.count(source(new CountQuery.ExpiringKeys())).value()).isEqualTo(2);
        assertThat(counter.count(source(new CountQuery.AllKeys())).value()).isEqualTo(3);
    }

    @Test
    void countsNoKeyThatLivesForeverAsOneThatExpires() {
        redis.jedis.set("forever", "");

        assertThat(counter.count(source(new CountQuery.ExpiringKeys())).value()).isZero();
    }

    private double recent(String key) {
        return counter.count(source(new RecentMembers(key, Duration.ofMinutes(5))))
                .value();
    }

    private double elements(String key) {
        Count count = counter.count(source(new Elements(key)));
        assertThat(count.method()).isEqualTo(Count.Method.INDEX);
        return count.value();
    }
}
