package io.github.redissessionscaler.attacks;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Triggers of strangers who have a Redis of their own, which answers as no Redis does. */
enum RedisAttack implements Attack {
    ANNOUNCED_STRING("a Redis that announces strings of 512 MB", () -> {
        String string = "$536870912\r\n";
        return StrangeRedis.announcing(
                "redis", Map.of("DBSIZE", string, "SCAN", string, "GET", string, "TYPE", string));
    }),
    ANNOUNCED_LIST("a Redis that announces lists of 100,000,000 elements", () -> {
        String list = "*100000000\r\n" + ":1\r\n".repeat(1_000_000);
        return StrangeRedis.announcing("redis", Map.of("DBSIZE", list, "SCAN", list, "GET", list, "LLEN", list));
    }),
    ENDLESS_LINE(
            "a Redis that sends a line without end",
            () -> StrangeRedis.announcing("redis", Map.of("DBSIZE", "+", "SCAN", "-", "GET", ":", "LLEN", "x"))),
    LARGE_PAGE("a Redis that returns pages of 2,000,000 keys", () -> StrangeRedis.pageOf(2_000_000)),
    MANY_PRIMARIES("a Redis Cluster with 16,384 primaries", () -> StrangeRedis.clusterOf(16_384)),
    KEYS_OF_64_KB("a Redis with 80,000 keys of 64 KB", () -> StrangeRedis.withKeys(80_000, 64 << 10)),
    KEYS_OF_500_KB("a Redis with 6,000 keys of 500 KB", () -> StrangeRedis.withKeys(6_000, 500 << 10)),
    LARGE_VALUE("a Redis with a string of 240 MB", StrangeRedis::withLargeValue);

    private final String redis;

    @SuppressWarnings("ImmutableEnumChecker") // starts another one each time
    private final Supplier<StrangeRedis> start;

    RedisAttack(String redis, Supplier<StrangeRedis> start) {
        this.redis = redis;
        this.start = start;
    }

    @Override
    public String words() {
        return "calls that read from " + redis;
    }

    @Override
    public int most() {
        return 10_000;
    }

    @Override
    public void on(Target target) {
        target.strangeCalls();
    }

    @Override
    public Optional<StrangeRedis> strangeRedis() {
        return Optional.of(start.get());
    }
}
