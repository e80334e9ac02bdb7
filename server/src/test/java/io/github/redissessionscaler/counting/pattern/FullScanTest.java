package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.testing.ForwardingShard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FullScanTest {

    private final CountedRedis redis = CountedRedis.startWithDebug("--hz", "500");

    @AfterEach
    void stop() {
        redis.close();
    }

    /** Each time it shrinks behind a page, SCAN repeats what it met of one bucket of the smaller table. */
    @Test
    void countsEachKeyOnceWhileTheHashTableShrinks() throws Exception {
        redis.fill("sess:", 0, 400);
        redis.fill("other:", 0, 5_000);
        var disturbed = new Disturbed(page -> {
            if (page % 2 == 0) {
                redis.delete("other:", 0, 5_000);
                await().pollInterval(Duration.ofMillis(1)).until(() -> redis.buckets() <= 1024);
            } else {
                redis.fill("other:", 0, 5_000);
            }
        });

        assertThat(sessions(disturbed, 4)).isEqualTo(400);
        assertThat(disturbed.seen).as("SCAN repeated keys").hasSizeGreaterThan(new HashSet<>(disturbed.seen).size());
    }

    @Test
    void countsEachKeyOnceWhileTheHashTableGrows() throws Exception {
        redis.fill("sess:", 0, 20_000);
        var disturbed = new Disturbed(page -> {
            if (page % 10 == 5) {
                redis.fill("other:" + page + ":", 0, 3_000);
            }
        });

        FullScan.Result result = scanned(disturbed, 100);

        assertThat(result.sums()).containsExactly(MatchSum.of(20_000));
        assertThat(result.doubts()).isEmpty();
    }

    @Test
    void theNetworkRoundTripIsMeasuredAgainDuringAScan() throws Exception {
        redis.fill("sess:", 0, 2_000);
        var sizes = new AtomicInteger();
        var pages = new AtomicInteger();

        scanned(
                shard -> new ForwardingShard(shard) {
                    @Override
                    public long size() {
                        sizes.incrementAndGet();
                        return super.size();
                    }

                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        pages.incrementAndGet();
                        return super.scan(cursors, count);
                    }
                },
                4);

        int atBeginningAndEnd = 5;
        assertThat(pages).hasValueGreaterThan(3 * RoundTrip.REQUESTS);
        assertThat(sizes).hasValue(atBeginningAndEnd + pages.get() / RoundTrip.REQUESTS);
    }

    @Test
    void aScanThatEndsEarlyIsDoubtful() throws Exception {
        redis.fill("sess:", 0, 3_000);
        var pages = new AtomicInteger();

        FullScan.Result result = scanned(
                shard -> new ForwardingShard(shard) {
                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        ScanPage page = super.scan(cursors, count).getFirst();
                        return pages.incrementAndGet() < 10 ? List.of(page) : List.of(new ScanPage("0", page.keys()));
                    }
                },
                100);

        assertThat(result.sums().getFirst().sum()).isBetween(900L, 1_300L);
        assertThat(result.doubts()).singleElement().asString().contains("% of the keys that DBSIZE counts", "too low");
    }

    /** As through a proxy that asks one of three servers thrice. */
    @Test
    void soIsOneThatReturnsAPartOfTheKeysAgainAndAgain() throws Exception {
        redis.fill("sess:", 0, 3_000);
        List<byte[]> part = IntStream.range(0, 1_000)
                .mapToObj(i -> CountedRedis.key("sess:", i))
                .toList();

        FullScan.Result result = scanned(
                shard -> new ForwardingShard(shard) {
                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        int page = Integer.parseInt(cursors.getFirst());
                        return List.of(new ScanPage(String.valueOf((page + 1) % 3), part));
                    }
                },
                1_000);

        assertThat(result.doubts()).singleElement().asString().contains("returned about 30 %", "too low");
    }

    @Test
    void soIsOneThatReturnsManyMoreKeysThanThereAre() throws Exception {
        redis.fill("sess:", 0, 3_000);

        FullScan.Result result = scanned(
                shard -> new ForwardingShard(shard) {
                    @Override
                    public long size() {
                        return super.size() / 3;
                    }
                },
                1_000);

        assertThat(result.sums()).containsExactly(MatchSum.of(3_000));
        assertThat(result.doubts()).singleElement().asString().contains("returned about 300 %");
    }

    @Test
    void oneDuringWhichMostKeysGoIsNot() throws Exception {
        redis.fill("sess:", 0, 3_000);
        var disturbed = new Disturbed(page -> {
            if (page == 0) {
                redis.delete("sess:", 0, 2_000);
            }
        });

        assertThat(scanned(disturbed, 100).doubts()).isEmpty();
    }

    private FullScan.Result scanned(Function<Shard, Shard> changed, int page) throws InterruptedException {
        return scanned(
                new ForwardingKeyspace(redis.keyspace()) {
                    @Override
                    public List<Shard> shards() {
                        return super.shards().stream().map(changed).toList();
                    }
                },
                page);
    }

    private static long sessions(Keyspace keyspace, int page) throws InterruptedException {
        return scanned(keyspace, page).sums().getFirst().sum();
    }

    private static FullScan.Result scanned(Keyspace keyspace, int page) throws InterruptedException {
        var options =
                new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 1, page, page);
        return new FullScan(
                        keyspace,
                        List.of(KeyFilter.of(exact("sess:*"))),
                        options,
                        () -> 1,
                        false,
                        () -> true,
                        Instant.EPOCH,
                        (_, _) -> {})
                .run()
                .orElseThrow();
    }

    /** The keyspace of the server, where something happens after each page of a scan. */
    private final class Disturbed extends ForwardingKeyspace {

        final List<String> seen = new ArrayList<>();
        private final IntConsumer afterPage;
        private int pages;

        Disturbed(IntConsumer afterPage) {
            super(redis.keyspace());
            this.afterPage = afterPage;
        }

        @Override
        public List<Shard> shards() {
            return List.of(new ForwardingShard(super.shards().getFirst()) {
                @Override
                public List<ScanPage> scan(List<String> cursors, int count) {
                    List<ScanPage> scanned = super.scan(cursors, count);
                    scanned.forEach(page -> page.keys().stream()
                            .map(key -> new String(key, UTF_8))
                            .filter(key -> key.startsWith("sess:"))
                            .forEach(seen::add));
                    afterPage.accept(pages);
                    pages++;
                    return scanned;
                }
            });
        }
    }
}
