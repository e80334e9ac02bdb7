package io.github.redissessionscaler.counting.pattern;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.testing.ForwardingShard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScanEndTest {

    private final CountedRedis redis = CountedRedis.start();
    private long dbsize = 200;

    @BeforeEach
    void fill() {
        redis.fill("sess:", 0, 200);
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    /** {@code start} is the first cursor of the cycle. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "1, 3", "1, 1000", "5, 2", "700, 3"})
    void aScanWhoseCursorsRepeatFails(int start, int length) {
        assertThatThrownBy(() -> scanByNumber(cursor -> cursor < start + length - 1 ? cursor + 1 : start, List.of()))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("does not end SCAN: it returned one cursor twice");
    }

    @Test
    void aScanThatStartsAgainFails() {
        Map<String, String> after = Map.of("0", "1", "1", "2", "2", "00", "00", "1");

        assertThatThrownBy(() -> scan(after::get, List.of()))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("one cursor twice");
    }

    @Test
    void aScanThatAlwaysReturnsNewCursorsFailsByItsKeys() {
        List<byte[]> keys = IntStream.range(0, 200)
                .mapToObj(i -> CountedRedis.key("sess:", i))
                .toList();

        assertThatThrownBy(() -> scanByNumber(cursor -> cursor + 1, keys))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("does not end SCAN: it returned 11000 keys, and DBSIZE is 200");
    }

    @Test
    void manyPagesWithoutKeysAreAllowed() throws Exception {
        Optional<FullScan.Result> result = scanByNumber(cursor -> cursor == 20_000 ? 0 : cursor + 1, List.of());

        assertThat(result.orElseThrow().sums()).containsExactly(MatchCounter.MatchSum.of(0));
    }

    @Test
    void aScanThatAlwaysReturnsNewCursorsWithoutAKeyFails() {
        assertThatThrownBy(() -> scanByNumber(cursor -> cursor + 1, List.of()))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("does not end SCAN: it returned 262144 pages without a key");
    }

    @Test
    void aServerThatDoesNotKeepDbsizeFailsByItsDifferentKeys() {
        dbsize = 0;
        List<byte[]> keys = IntStream.range(0, 200)
                .mapToObj(i -> CountedRedis.key("sess:", i))
                .toList();

        assertThatThrownBy(() -> scanByNumber(cursor -> cursor + 1, keys))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageMatching(".*it returned 20600 keys, of which only about (19|20)\\d are different");
    }

    @Test
    void aServerThatDoesNotKeepDbsizeMayHaveManyKeysButNotEndlesslyMany() {
        ScanEnd end = end(0, () -> 1e8, () -> 0);
        end.check("1", (int) ScanEnd.MOST_UNCOUNTED);

        assertThatThrownBy(() -> end.check("2", 1))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("it returned more than 100000000 keys, and DBSIZE is 0");
    }

    @Test
    void aScanThatIsSlowForEverFails() {
        var now = new AtomicLong();
        ScanEnd end = end(6_000, () -> 1, now::get);
        end.check("1", 1);
        now.set(Duration.ofMinutes(70).toNanos());
        end.check("2", 1);

        now.addAndGet(1);

        assertThatThrownBy(() -> end.check("3", 1))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("it has taken more than 70 minutes, and DBSIZE is 6000");
    }

    private ScanEnd end(long size, DoubleSupplier different, LongSupplier nanoTime) {
        return new ScanEnd(redis.keyspace().shards().getFirst(), size, different, nanoTime);
    }

    private Optional<FullScan.Result> scanByNumber(IntUnaryOperator next, List<byte[]> keys)
            throws InterruptedException {
        return scan(cursor -> String.valueOf(next.applyAsInt(Integer.parseInt(cursor))), keys);
    }

    private Optional<FullScan.Result> scan(UnaryOperator<String> next, List<byte[]> keys) throws InterruptedException {
        var keyspace = new ForwardingKeyspace(redis.keyspace()) {
            @Override
            public List<Shard> shards() {
                return List.of(new ForwardingShard(super.shards().getFirst()) {
                    @Override
                    public long size() {
                        return dbsize;
                    }

                    @Override
                    public List<ScanPage> scan(List<String> cursors, int count) {
                        return List.of(new ScanPage(next.apply(cursors.getFirst()), keys));
                    }
                });
            }
        };
        var options =
                new CountingOptions(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(10), 1, 1, 100, 100);
        return new FullScan(
                        keyspace,
                        List.of(KeyFilter.of(exact("sess:*"))),
                        options,
                        () -> 1,
                        true,
                        () -> true,
                        Instant.EPOCH,
                        (_, _) -> {})
                .run();
    }
}
