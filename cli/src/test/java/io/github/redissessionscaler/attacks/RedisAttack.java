package io.github.redissessionscaler.attacks;

import java.util.Map;
import java.util.Optional;

/** Triggers of strangers who have a Redis of their own, which answers as no Redis does. */
enum RedisAttack implements Attack {
    ANNOUNCED_STRING("calls to a Redis that announces strings of 512 MB", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            String string = "$536870912\r\n";
            return Optional.of(StrangeRedis.announcing(
                    "redis", Map.of("DBSIZE", string, "SCAN", string, "GET", string, "TYPE", string)));
        }
    },
    ANNOUNCED_LIST("calls to a Redis that announces lists of 100,000,000 elements", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            String list = "*100000000\r\n" + ":1\r\n".repeat(1_000_000);
            return Optional.of(
                    StrangeRedis.announcing("redis", Map.of("DBSIZE", list, "SCAN", list, "GET", list, "LLEN", list)));
        }
    },
    ENDLESS_LINE("calls to a Redis that sends a line without end", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(
                    StrangeRedis.announcing("redis", Map.of("DBSIZE", "+", "SCAN", "-", "GET", ":", "LLEN", "x")));
        }
    },
    LARGE_PAGE("calls to a Redis that returns pages of 2,000,000 keys", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.pageOf(2_000_000));
        }
    },
    MANY_PRIMARIES("calls to a Redis Cluster with 16,384 primaries", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.clusterOf(16_384));
        }
    },
    KEYS_OF_64_KB("calls that count 80,000 keys of 64 KB", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withKeys(80_000, 64 << 10));
        }
    },
    KEYS_OF_500_KB("calls that count 6,000 keys of 500 KB", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withKeys(6_000, 500 << 10));
        }
    },
    LARGE_VALUE("calls that read a string of 240 MB", 10_000) {
        @Override
        public void on(Target target) {
            target.strangeCalls();
        }

        @Override
        public Optional<StrangeRedis> strangeRedis() {
            return Optional.of(StrangeRedis.withLargeValue());
        }
    };

    private final String words;
    private final int most;

    RedisAttack(String words, int most) {
        this.words = words;
        this.most = most;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public int most() {
        return most;
    }
}
