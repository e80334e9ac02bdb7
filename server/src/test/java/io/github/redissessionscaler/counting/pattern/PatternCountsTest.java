package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static io.github.redissessionscaler.testing.CountedRedis.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.testing.ForwardingShard;
import io.github.redissessionscaler.testing.SetClock;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PatternCountsTest {

    private static final CountingOptions NEVER_AGAIN = refreshing(Duration.ofHours(1));

    private final CountedRedis redis = CountedRedis.startWithDebug();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void countsKeysByNameTypeAndTimeToLive() {
        redis.fill("sess:", 0, 2_000);
        redis.fill("cache:", 0, 3_000);
        redis.fill("sess:lock:", 0, 100);
        redis.jedis.hset("sess:hash", "a", "b");
        redis.set("sess:short", 30);
        redis.set("sess:long", 300);

        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(2_103);
            assertThat(value(counter, exact("sess:*").withExclude("sess:lock:*")))
                    .isEqualTo(2_003);
            assertThat(value(counter, exact("sess:*").withType(KeyType.HASH))).isEqualTo(1);
            assertThat(value(counter, exact("sess:*").withType(KeyType.STRING).withMinTtl(Duration.ofSeconds(60))))
                    .isEqualTo(2_101);
            assertThat(value(counter, exact("nothing*"))).isZero();
        }
    }

    @Test
    void leavesOutExpiredKeysThatTheServerStillHolds() {
        redis.jedis.sendCommand(
                () -> "DEBUG".getBytes(java.nio.charset.StandardCharsets.UTF_8), "SET-ACTIVE-EXPIRE", "0");
        redis.fill("sess:", 0, 1_000);
        redis.expireSoon("sess:", 0, 400);
        await().until(() -> !redis.jedis.exists("sess:399"));

        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(600);
        }
    }

    @Test
    void sharesOnePassAmongAllThatAskTheSame() throws Exception {
        redis.fill("sess:", 0, 1_000);
        redis.forgetCalls();
        try (SourceCounter counter = redis.counter(NEVER_AGAIN);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Count> ask = () -> counter.count(source(exact("sess:*")));
            for (Future<Count> count : executor.invokeAll(
                    IntStream.range(0, 1_000).mapToObj(_ -> ask).toList())) {
                assertThat(count.get().value()).isEqualTo(1_000);
            }
        }
        assertThat(redis.calls("scan")).isEqualTo(pagesOfOnePass());
    }

    @Test
    void visitsTheDatabaseOnceForAllRequestedPatterns() throws Exception {
        redis.fill("sess:", 0, 1_000);
        Map<String, Double> counts = new ConcurrentHashMap<>();
        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            redis.server.pause();
            List<Thread> threads = IntStream.range(0, 10)
                    .mapToObj(i -> "sess:" + i + "*")
                    .map(pattern ->
                            Thread.startVirtualThread(() -> counts.put(pattern, value(counter, exact(pattern)))))
                    .toList();
            await().until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
            redis.server.resume();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(counts).hasSize(10).containsEntry("sess:0*", 1.0).containsEntry("sess:7*", 111.0);
        assertThat(redis.calls("scan")).isEqualTo(pagesOfOnePass());
    }

    @Test
    void refreshesWhileSomebodyAsksAndStopsWhenNobodyDoes() {
        redis.fill("sess:", 0, 10);
        var options = new CountingOptions(
                Duration.ofMillis(20), Duration.ofMillis(500), Duration.ofSeconds(10), 1, 1, 100, 1000);
        try (SourceCounter counter = redis.counter(options)) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(10);
            redis.fill("sess:", 10, 30);
            await().until(() -> value(counter, exact("sess:*")) == 30);

            var scans = new AtomicLong();
            await().pollInterval(Duration.ofMillis(150)).until(() -> {
                long now = redis.calls("scan");
                return scans.getAndSet(now) == now;
            });

            redis.delete("sess:", 0, 25);
            assertThat(value(counter, exact("sess:*"))).isEqualTo(5);
        }
    }

    @Test
    void aScanEndsThreeMinutesAfterTheLastRequest() {
        redis.fill("sess:", 0, 500);
        var seconds = new AtomicLong();
        InstantSource clock = () -> Instant.ofEpochSecond(seconds.get());
        var slow = new AtomicBoolean(true);
        var mayScan = new Semaphore(1);
        var pages = new AtomicLong();
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return List.of(new ForwardingShard(super.shards().getFirst()) {
                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        if (!slow.get()) {
                            return super.scan(cursors, count);
                        }
                        mayScan.acquireUninterruptibly();
                        return List.of(new ScanPage(
                                String.valueOf(pages.incrementAndGet()), List.of(CountedRedis.key("sess:", 1))));
                    }
                });
            }
        };
        var options = CountingOptions.DEFAULT.withFirstCount(Duration.ZERO);
        try (SourceCounter counter = redis.counter(_ -> keyspace, clock, options)) {
            assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*")))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.NOT_COUNTED);
            await().until(() -> pages.get() == 1);

            seconds.addAndGet(170);
            mayScan.release();
            await().until(() -> pages.get() == 2);
            assertThat(counter.progress(CountedRedis.DATABASE)).isPresent();

            seconds.addAndGet(20);
            mayScan.release(1_000);
            await().until(() -> counter.progress(CountedRedis.DATABASE).isEmpty());
            assertThat(pages).hasValueLessThanOrEqualTo(4);

            slow.set(false);
            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 500);
        }
    }

    @Test
    void failsWhileRedisIsDownAndCountsAgainAfterwards() {
        redis.fill("sess:", 0, 10);
        try (SourceCounter counter = redis.counter(refreshing(Duration.ofMillis(20)))) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(10);

            redis.server.kill();
            await().untilAsserted(() -> assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*")))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.UNREACHABLE));

            redis.server.restart();
            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 0);
        }
    }

    @Test
    void answersWithAnEstimateUntilTheFirstScanOfManyKeysHasEnded() {
        redis.fill("sess:", 0, 60_000);
        redis.fill("cache:", 0, 40_000);
        var slow = new CountingOptions(
                Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 0.01, 0.5, 100, 100);
        try (SourceCounter counter = redis.counter(slow)) {
            Count first = counter.count(source(exact("sess:*")));

            assertThat(first.method()).isEqualTo(Method.ESTIMATE);
            assertThat(first.standardError()).isPositive();
            await().untilAsserted(() -> assertThat(counter.progress(CountedRedis.DATABASE))
                    .hasValueSatisfying(
                            progress -> assertThat(progress.keysSeen()).isBetween(1L, progress.keysExpected())));
        }
        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            counter.count(source(exact("sess:*")));
            await().until(() -> counter.count(source(exact("sess:*"))).method() == Method.EXACT);
            assertThat(value(counter, exact("sess:*"))).isEqualTo(60_000);
            assertThat(counter.progress(CountedRedis.DATABASE)).isEmpty();
        }
    }

    @Test
    void hintsCostLittleWhereNothingIsCountedExactly() {
        redis.fill("sess:", 0, 20_000);
        var estimated = MatchingKeys.of("sess:*").withAccuracy(Accuracy.ESTIMATE);
        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            assertThat(counter.count(source(estimated)).method()).isEqualTo(Method.ESTIMATE);
            long before = redis.calls("dbsize");

            long hints = 0;
            for (long end = System.nanoTime() + 300_000_000; System.nanoTime() < end; hints++) {
                counter.invalidate(CountedRedis.DATABASE);
                redis.jedis.ping();
            }

            assertThat(redis.calls("dbsize") - before).isLessThan(Math.max(20, hints / 20));
        }
    }

    @Test
    void answersWithTheLastCountWhileKeysMoveAndWithAnEstimateOnceThatIsOld() {
        redis.fill("sess:", 0, 500);
        var moving = new AtomicBoolean();
        var disturbed = new AtomicLong();
        var seconds = new AtomicLong();
        InstantSource clock = () -> Instant.ofEpochSecond(seconds.get());
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public Optional<String> placement() {
                if (moving.get()) {
                    disturbed.incrementAndGet();
                    return Optional.empty();
                }
                return super.placement();
            }
        };
        try (SourceCounter counter = redis.counter(_ -> keyspace, clock, refreshing(Duration.ofMillis(20)))) {
            Count first = counter.count(source(exact("sess:*")));
            assertThat(first).isEqualTo(Count.exact(500, clock.instant()));
            moving.set(true);
            // the scan that this disturbs was begun after those that were not
            await().until(() -> counter.count(source(exact("sess:*"))).value() == 500 && disturbed.get() > 1);
            seconds.addAndGet(50);
            redis.fill("sess:", 500, 600);
            assertThat(counter.count(source(exact("new:*"))).method()).isEqualTo(Method.ESTIMATE);
            assertThat(counter.count(source(exact("sess:*")))).isEqualTo(first);

            seconds.addAndGet(50);
            await().until(() -> counter.count(source(exact("sess:*"))).method() == Method.ESTIMATE);

            moving.set(false);
            await().until(() -> counter.count(source(exact("sess:*"))).equals(Count.exact(600, clock.instant())));
        }
    }

    @Test
    void anExactCountStaysWhileTheSamplesForOthersAreRefused() {
        redis.fill("sess:", 0, 20_000);
        var clock = new SetClock(Instant.EPOCH);
        var refusals = new AtomicLong();
        var estimated = MatchingKeys.of("sess:*").withAccuracy(Accuracy.ESTIMATE);
        Keyspace keyspace = refusingSamples(refusals);
        try (SourceCounter counter = redis.counter(_ -> keyspace, clock, NEVER_AGAIN)) {
            Count first = counter.count(source(exact("sess:*")));
            assertThat(first).isEqualTo(Count.exact(20_000, Instant.EPOCH));
            assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, estimated))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.NOPERM);
            await().until(() -> counter.progress(CountedRedis.DATABASE).isEmpty());

            clock.advance(Duration.ofMinutes(2));
            long before = refusals.get();
            // the first may have begun earlier; when the third begins, the effects of the second are over
            await().until(() -> refusals.get() >= before + 3);

            assertThat(counter.count(source(exact("sess:*")))).isEqualTo(first);
        }
    }

    @Test
    void anOldCountIsNotUsedWhileKeysMoveAndSamplesAreRefused() {
        redis.fill("sess:", 0, 500);
        var clock = new SetClock(Instant.EPOCH);
        var moving = new AtomicBoolean();
        var keyspace = new ForwardingKeyspace(refusingSamples(new AtomicLong())) {
            @Override
            public Optional<String> placement() {
                return moving.get() ? Optional.empty() : super.placement();
            }
        };
        var options = refreshing(Duration.ofMillis(20)).withFirstCount(Duration.ZERO);
        try (SourceCounter counter = redis.counter(_ -> keyspace, clock, options)) {
            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 500);

            moving.set(true);
            clock.advance(Duration.ofMinutes(2));

            await().untilAsserted(() -> assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*")))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.NOT_COUNTED));
        }
    }

    /** A database of which no keys may be drawn at random. */
    private Keyspace refusingSamples(AtomicLong refusals) {
        return new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return List.of(new ForwardingShard(super.shards().getFirst()) {
                    @Override
                    public Sample sampleByScan(List<String> cursors, int count) {
                        refusals.incrementAndGet();
                        throw new KeyspaceException(Reason.NOPERM, "as the test wants it");
                    }
                });
            }
        };
    }

    @Test
    void countsFewKeysExactlyWhateverTheAccuracy() {
        redis.fill("sess:", 0, 500);
        try (SourceCounter counter = redis.counter(NEVER_AGAIN)) {
            for (Accuracy accuracy : Accuracy.values()) {
                Count count = counter.count(source(MatchingKeys.of("sess:*").withAccuracy(accuracy)));
                assertThat(count.value()).isEqualTo(500);
                assertThat(count.method()).isEqualTo(Method.EXACT);
            }
        }
    }

    @Test
    void aScanThatEndsWithAnErrorIsAnInternalErrorUntilTheNextOneSucceeds() {
        redis.fill("sess:", 0, 500);
        var broken = new AtomicBoolean();
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public Optional<String> placement() {
                if (broken.get()) {
                    throw new StackOverflowError();
                }
                return super.placement();
            }
        };
        try (SourceCounter counter =
                redis.counter(_ -> keyspace, InstantSource.system(), refreshing(Duration.ofMillis(20)))) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(500);

            broken.set(true);
            await().untilAsserted(() -> assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*")))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.INTERNAL));
            assertThat(InternalErrors.counts()).containsKey("scan");
            redis.fill("sess:", 500, 600);
            broken.set(false);

            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 600);
        }
    }

    @Test
    void anEarlierCountIsNotUsedWhileScansFailAgainAndAgain() {
        redis.fill("sess:", 0, 500);
        var broken = new AtomicBoolean();
        var mayFail = new Semaphore(1);
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return List.of(new ForwardingShard(super.shards().getFirst()) {
                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        List<ScanPage> pages = super.scan(cursors, count);
                        if (!broken.get()) {
                            return pages;
                        }
                        if (!cursors.getFirst().equals("0")) {
                            mayFail.acquireUninterruptibly();
                        }
                        return List.of(new ScanPage("7", pages.getFirst().keys()));
                    }
                });
            }
        };
        try (SourceCounter counter =
                redis.counter(_ -> keyspace, InstantSource.system(), refreshing(Duration.ofMillis(20)))) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(500);
            broken.set(true);
            await().untilAsserted(() -> assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*"))));

            await().until(() -> counter.progress(CountedRedis.DATABASE)
                    .filter(progress -> progress.keysSeen() > 0)
                    .isPresent());
            assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, exact("sess:*")))
                    .withMessageContaining("does not end SCAN");

            broken.set(false);
            mayFail.release();
            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 500);
        }
    }

    @Test
    void aSampleThatEndsWithAnErrorIsAnInternalErrorUntilTheNextOneSucceeds() {
        redis.fill("sess:", 0, 20_000);
        var broken = new AtomicBoolean(true);
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return super.shards().stream()
                        .<Shard>map(shard -> new ForwardingShard(shard) {
                            @Override
                            public Sample sampleByScan(List<String> cursors, int count) {
                                if (broken.get()) {
                                    throw new OutOfMemoryError("unable to create native thread");
                                }
                                return super.sampleByScan(cursors, count);
                            }
                        })
                        .toList();
            }
        };
        var estimated = MatchingKeys.of("sess:*").withAccuracy(Accuracy.ESTIMATE);
        try (SourceCounter counter = redis.counter(_ -> keyspace, InstantSource.system(), NEVER_AGAIN)) {
            assertThatExceptionOfType(KeyspaceException.class)
                    .isThrownBy(() -> value(counter, estimated))
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.INTERNAL);
            broken.set(false);

            await().ignoreExceptions().until(() -> value(counter, estimated) == 20_000);
        }
    }

    @Test
    void aThreadThatDiesIsReplacedWhenSomebodyAsks() {
        redis.fill("sess:", 0, 10);
        var dead = new AtomicBoolean();
        InstantSource clock = () -> {
            if (dead.get() && Thread.currentThread().getName().startsWith("scan")) {
                throw new StackOverflowError();
            }
            return Instant.now();
        };
        try (SourceCounter counter = redis.counter(_ -> redis.keyspace(), clock, refreshing(Duration.ofMillis(20)))) {
            assertThat(value(counter, exact("sess:*"))).isEqualTo(10);
            long before = InternalErrors.counts().getOrDefault("scan", 0L);
            dead.set(true);
            await().until(() -> InternalErrors.counts().getOrDefault("scan", 0L) > before);
            redis.fill("sess:", 10, 30);
            dead.set(false);

            await().ignoreExceptions().until(() -> value(counter, exact("sess:*")) == 30);
        }
    }

    @Test
    void endsTheRequestsThatWaitWhenItIsClosed() throws Exception {
        redis.fill("sess:", 0, 100);
        redis.server.pause();
        SourceCounter counter = redis.counter(NEVER_AGAIN);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Count> waiting = executor.submit(() -> counter.count(source(exact("sess:*"))));
            counter.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(waiting::get)
                    .withCauseInstanceOf(KeyspaceException.class);
        } finally {
            redis.server.resume();
        }
    }

    private long pagesOfOnePass() throws InterruptedException {
        long before = redis.calls("scan");
        new FullScan(redis.keyspace(), List.of(), NEVER_AGAIN, () -> 1, false, () -> true, Instant.now(), (_, _) -> {})
                .run();
        return redis.calls("scan") - before;
    }

    private static CountingOptions refreshing(Duration refresh) {
        return new CountingOptions(refresh, Duration.ofHours(1), Duration.ofSeconds(10), 1, 0.5, 1000, 1000);
    }

    private static double value(SourceCounter counter, MatchingKeys query) {
        return counter.count(source(query)).value();
    }
}
