package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingShard;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RoundTripTest {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    private final CountedRedis redis = CountedRedis.start();
    private long now;
    private long nextRoundTrip = 2 * MILLISECOND;

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void theFastestRoundTripCountsAlsoIfItComesLater() {
        var shard = new ForwardingShard(redis.keyspace().shards().getFirst()) {
            @Override
            public long size() {
                now += nextRoundTrip;
                return super.size();
            }
        };
        RoundTrip roundTrip = RoundTrip.to(shard, () -> now);
        assertThat(roundTrip.serverNanos(3 * MILLISECOND)).isEqualTo(MILLISECOND);

        nextRoundTrip = MILLISECOND / 2;
        requests(roundTrip, shard);
        nextRoundTrip = 5 * MILLISECOND;
        requests(roundTrip, shard);

        assertThat(roundTrip.serverNanos(3 * MILLISECOND)).isEqualTo(5 * MILLISECOND / 2);
        assertThat(roundTrip.serverNanos(MILLISECOND / 4)).isZero();
    }

    private static void requests(RoundTrip roundTrip, Shard shard) {
        for (int i = 0; i < RoundTrip.REQUESTS; i++) {
            roundTrip.before(shard);
        }
    }
}
