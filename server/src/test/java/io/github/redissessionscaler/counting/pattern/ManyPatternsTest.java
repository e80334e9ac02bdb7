package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All patterns of a database share a scan: what the patterns of others cost must not grow with their number. */
final class ManyPatternsTest {

    private static final int KEYS = 5_000;
    private static final int PATTERNS = 199;

    private final CountedRedis redis = CountedRedis.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void aScanAsksForTypeAndTimeToLiveOfAKeyOnceHoweverManyPatternsWantThem() throws Exception {
        redis.fill("sess:", 0, KEYS);
        redis.set("sess:long", 10_000);
        redis.set("sess:short", 50);
        redis.jedis.sadd("sess:set", "x");
        List<KeyFilter> filters = new ArrayList<>(List.of(KeyFilter.of(CountedRedis.exact("sess:*"))));
        for (int i = 1; i <= PATTERNS; i++) {
            filters.add(KeyFilter.of(CountedRedis.exact("*".repeat(i) + "s*")
                    .withType(KeyType.STRING)
                    .withMinTtl(Duration.ofSeconds(100L * i))));
        }
        filters.add(KeyFilter.of(CountedRedis.exact("sess:*").withType(KeyType.SET)));
        redis.forgetCalls();

        List<Long> counts = scan(filters);

        assertThat(counts.getFirst()).isEqualTo(KEYS + 3);
        assertThat(counts.subList(1, 100)).containsOnly(KEYS + 1L);
        assertThat(counts.subList(100, PATTERNS + 1)).containsOnly((long) KEYS);
        assertThat(counts.getLast()).isEqualTo(1);
        assertThat(redis.calls("type")).isEqualTo(KEYS + 3);
        assertThat(redis.calls("pttl")).isEqualTo(KEYS + 2);
    }

    /** Otherwise one key would cost Redis 200 commands in each scan, and the counts of all patterns would become as old. */
    @Test
    void patternsWithAFieldEachTakeTurnsAndAllAreCounted() {
        redis.jedis.hset("sess:1", "user", "x");
        redis.jedis.hset("sess:2", "field-7", "x");
        redis.fill("sess:", 10, 12);
        var options =
                new CountingOptions(Duration.ofMillis(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 1, 100, 1000);
        try (SourceCounter counter = redis.counter(options)) {
            List<Source> strangers = new ArrayList<>();
            for (int i = 0; i < PATTERNS; i++) {
                strangers.add(source(CountedRedis.exact("sess:*").with(new KeyRule.HasField("field-" + i))));
            }
            strangers.forEach(counter::count);
            Source honest = source(CountedRedis.exact("sess:*"));
            assertThat(counter.count(honest).value()).isEqualTo(4);
            redis.forgetCalls();
            redis.fill("sess:", 12, 13);
            await().until(() -> counter.count(honest).value() == 5);
            redis.jedis.hset("sess:2", "field-190", "x");
            await().until(() -> counter.count(strangers.get(190)).value() == 1);

            assertThat(redis.calls("hexists")).isLessThanOrEqualTo((redis.calls("scan") + 1) * ReadTurns.READS * 5);
            assertThat(counter.count(strangers.get(7)).value()).isEqualTo(1);
        }
    }

    @Test
    void aNewPatternDoesNotWaitForTheNextTurnOfOthers() {
        redis.jedis.hset("sess:1", "user", "x");
        var options =
                new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(5), 1, 1, 100, 1000);
        try (SourceCounter counter = redis.counter(options)) {
            for (int i = 0; i <= ReadTurns.READS; i++) {
                Source stranger = source(CountedRedis.exact("sess:*").with(new KeyRule.HasField("field-" + i)));
                await().ignoreExceptions().until(() -> counter.count(stranger).method() == Method.EXACT);
            }

            assertThat(counter.count(source(CountedRedis.exact("sess:*"))).value())
                    .isEqualTo(1);
        }
    }

    private List<Long> scan(List<KeyFilter> filters) throws InterruptedException {
        var options =
                new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 1, 100, 1000);
        return new FullScan(redis.keyspace(), filters, options, () -> 1, false, () -> true, Instant.EPOCH, (_, _) -> {})
                .run().orElseThrow().sums().stream()
                        .map(MatchCounter.MatchSum::sum)
                        .toList();
    }
}
