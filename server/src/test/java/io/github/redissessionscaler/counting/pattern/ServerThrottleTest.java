package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.testing.ForwardingShard;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServerThrottleTest {

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
        ServerThrottle throttle = ServerThrottle.of(shard, () -> 0.1, () -> now);
        assertThat(throttle.serverNanos(3 * MILLISECOND)).isEqualTo(MILLISECOND);

        nextRoundTrip = MILLISECOND / 2;
        throttle.measure(shard, () -> now);
        nextRoundTrip = 5 * MILLISECOND;
        throttle.measure(shard, () -> now);

        assertThat(throttle.serverNanos(3 * MILLISECOND)).isEqualTo(5 * MILLISECOND / 2);
        assertThat(throttle.serverNanos(MILLISECOND / 4)).isZero();
    }
}
