package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.counting.pattern.Estimates.Estimate;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.testing.ForwardingShard;
import io.github.redissessionscaler.testing.SetClock;
import io.github.redissessionscaler.trigger.KeyRule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many estimates from few samples each, against the truth. The margins are those of an honest estimator at five standard
 * deviations and more, so that chance alone does not fail a test in a lifetime.
 */
final class EstimatesTest {

    private static final int TRIALS = 100;

    private static final int ROUNDS_UNTIL_PRECISE = 30;

    /** A mean of so many trials is off by five of its own standard deviations at most. */
    private static final double LARGEST_BIAS = 5 / Math.sqrt(TRIALS);

    private final CountedRedis redis = CountedRedis.startWithDebug("--activerehashing", "no");

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void isRightForALargeShareOfTheKeys() throws Exception {
        redis.fill("sess:", 0, 60_000);
        redis.fill("cache:", 0, 40_000);

        assertRightAndHonest(redis.keyspace(), 60_000);
    }

    @Test
    void isRightForASmallShareOfTheKeys() throws Exception {
        redis.fill("sess:", 0, 2_000);
        redis.fill("cache:", 0, 98_000);

        assertRightAndHonest(redis.keyspace(), 2_000);
    }

    @Test
    void isRightForATableThatIsAlmostEmpty() throws Exception {
        redis.fill("cache:", 0, 140_000);
        redis.fill("sess:", 0, 10_000);
        redis.delete("cache:", 0, 120_000);
        assertThat(redis.buckets()).isEqualTo(262_144);

        assertRightAndHonest(redis.keyspace(), 10_000);
    }

    /** The latest keys are all in the new table, of which the old one knows nothing. */
    @Test
    void isRightForATableThatIsBeingRehashed() throws Exception {
        redis.fill("cache:", 0, 65_536);
        redis.fill("sess:", 0, 5_000);
        assertThat(redis.buckets()).as("the smaller of two tables").isEqualTo(65_536);

        assertRightAndHonest(redis.keyspace(), 5_000);

        assertThat(redis.buckets()).as("still the smaller of two tables").isEqualTo(65_536);
    }

    @Test
    void leavesOutExpiredKeysThatTheServerStillHolds() throws Exception {
        redis.keepExpired();
        redis.fill("sess:", 0, 50_000);
        redis.fill("cache:", 0, 50_000);
        redis.expireSoon("sess:", 0, 30_000);
        await().until(() -> !redis.jedis.exists("sess:29999"));

        assertRightAndHonest(redis.keyspace(), 20_000);
    }

    @Test
    void isRightForPrimariesOfDifferentSizes() throws Exception {
        try (CountedRedis other = CountedRedis.start()) {
            redis.fill("sess:", 0, 60_000);
            redis.fill("cache:", 0, 10_000);
            other.fill("sess:", 0, 2_000);
            other.fill("cache:", 0, 20_000);

            assertRightAndHonest(both(other), 62_000);
        }
    }

    /** A shard of a cluster. */
    private static class Primary extends ForwardingShard {

        Primary(Shard server) {
            super(server);
        }

        @Override
        public boolean inCluster() {
            return true;
        }
    }

    /** A cluster of two primaries. */
    private Keyspace both(CountedRedis other) {
        return new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return Stream.of(redis, other)
                        .<Shard>map(one -> new Primary(one.keyspace().shards().getFirst()))
                        .toList();
            }
        };
    }

    @Test
    void drawsKeysOneByOneFromAClusterOfOnePrimary() throws Exception {
        redis.fill("sess:", 0, 60_000);
        redis.fill("cache:", 0, 40_000);
        var cluster = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return List.of(new Primary(super.shards().getFirst()) {
                    @Override
                    public Sample sampleByScan(List<String> cursors, int count) {
                        throw new AssertionError("a random cursor draws a slot");
                    }
                });
            }
        };

        assertRightAndHonest(cluster, 60_000);
    }

    /** Of a read that Redis refuses there is no estimate, and the others cost what they cost without it. */
    @Test
    void aRefusedReadDoesNotMakeTheOthersDearer() throws Exception {
        try (CountedRedis other = CountedRedis.start()) {
            redis.fill("sess:", 0, 60_000);
            other.fill("sess:", 0, 60_000);
            redis.jedis.aclSetUser("default", "-hexists");
            other.jedis.aclSetUser("default", "-hexists");
            var estimates = new Estimates(both(other), InstantSource.system(), System::nanoTime, 0.002, 0.002);
            List<KeyFilter> filters = List.of(
                    KeyFilter.of(exact("sess:*")), KeyFilter.of(exact("sess:*").with(new KeyRule.HasField("user"))));
            for (int i = 0; i < ROUNDS_UNTIL_PRECISE; i++) {
                estimates.round(filters);
            }

            Estimates.SampleRound next = estimates.round(filters);

            assertThat(next.estimates().getLast().refusal()).isPresent();
            assertThat(next.keys()).as("one sample of each primary").isLessThanOrEqualTo(2 * 256);
        }
    }

    /** Replicas of the scaler do not communicate, and KEDA sees the numbers of all of them. */
    @Test
    void replicasThatLookInTheSameSlotsFindTheSameKeys() throws Exception {
        redis.fill("sess:", 0, 95_000);
        redis.fill("cache:", 0, 5_000);
        var clock = new SetClock(Instant.EPOCH);
        var one = new Estimates(redis.keyspace(), clock, System::nanoTime, 0.002, 0.002);
        var other = new Estimates(redis.keyspace(), clock, System::nanoTime, 0.002, 0.002);
        List<KeyFilter> filters = List.of(KeyFilter.of(exact("sess:*")));
        List<KeyFilter> more = List.of(filters.getFirst(), KeyFilter.of(exact("rare:*")));
        for (int i = 0; i < 100; i++) {
            one.round(filters);
            clock.advance(SampleSlot.LENGTH);
        }

        Instant started = clock.instant();
        while (clock.instant().isBefore(started.plus(SampleWindow.SHORTEST).plusSeconds(15))) {
            one.round(filters);
            other.round(more);
            clock.advance(SampleSlot.LENGTH);
        }

        assertThat(other.round(more).estimates().getFirst().value())
                .isEqualTo(one.round(filters).estimates().getFirst().value());
    }

    @Test
    void becomesBetterWithEachRound() throws Exception {
        redis.fill("sess:", 0, 60_000);
        redis.fill("cache:", 0, 40_000);
        var estimates = new Estimates(redis.keyspace(), InstantSource.system(), System::nanoTime, 1, 1);
        List<KeyFilter> filters = List.of(KeyFilter.of(exact("sess:*")));

        double first = estimates.round(filters).estimates().getFirst().standardError();
        double last = first;
        for (int i = 0; i < 60; i++) {
            last = estimates.round(filters).estimates().getFirst().standardError();
        }

        assertThat(last).isLessThan(first / 2);
    }

    @Test
    void drawsMoreAtFirstWhereFewKeysMatch() throws Exception {
        redis.fill("sess:", 0, 60_000);
        redis.fill("rare:", 0, 600);
        redis.fill("cache:", 0, 39_400);

        assertThat(keysDrawnAtFirst("sess:*")).isBetween(1_900L, 4_000L);
        assertThat(keysDrawnAtFirst("rare:*")).isBetween(7_600L, 110_000L);
    }

    private long keysDrawnAtFirst(String pattern) throws InterruptedException {
        return new Estimates(redis.keyspace(), InstantSource.fixed(Instant.EPOCH), System::nanoTime, 1, 1)
                .round(List.of(KeyFilter.of(exact(pattern))))
                .keys();
    }

    private static void assertRightAndHonest(Keyspace keyspace, double truth) throws InterruptedException {
        KeyFilter filter = KeyFilter.of(exact("sess:*"));
        List<Double> errors = new ArrayList<>();
        for (int trial = 0; trial < TRIALS; trial++) {
            InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(trial)); // each looks at other places
            var estimates = new Estimates(keyspace, clock, System::nanoTime, 1, 1);
            Estimate estimate = estimates.round(List.of(filter)).estimates().getFirst();
            errors.add((estimate.value() - truth) / estimate.standardError());
        }
        double mean = errors.stream().mapToDouble(error -> error).average().orElseThrow();
        double square =
                errors.stream().mapToDouble(error -> error * error).average().orElseThrow();
        assertThat(mean).as("bias in standard errors").isBetween(-LARGEST_BIAS, LARGEST_BIAS);
        assertThat(Math.sqrt(square)).as("true error in standard errors").isBetween(0.5, 1.5);
    }
}
