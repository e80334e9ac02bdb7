package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.trigger.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Globs compared with what a real Redis matches. */
final class GlobTest {

    private static final String ALPHABET = "ab-^:]é";
    private static final String PATTERN_ALPHABET = "ab-^:]é*?[\\";

    @Test
    void matchesWhatRedisMatches() {
        var random = new Random(42);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            keys.add(text(random, ALPHABET, 1 + random.nextInt(6)));
        }
        List<String> patterns = new ArrayList<>(List.of("*", "", "a*", "*a", "*a*b*", "[a-b]*", "[^a]*", "\\*", "?"));
        for (int i = 0; i < 1500; i++) {
            patterns.add(text(random, PATTERN_ALPHABET, 1 + random.nextInt(7)));
        }
        try (var redis = RedisServer.start();
                var jedis = redis.connect()) {
            keys.forEach(key -> jedis.set(key, "x"));
            for (String pattern : patterns) {
                Glob glob = Glob.of(pattern);
                Set<String> ours = keys.stream()
                        .filter(key -> glob.matches(key.getBytes(UTF_8)))
                        .collect(Collectors.toSet());
                assertThat(ours).as(pattern).isEqualTo(jedis.keys(pattern));
            }
        }
    }

    /** Of more elements than a number has bits. */
    @Test
    void matchesLongNamesAsRedisDoes() {
        var random = new Random(42);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            keys.add(text(random, "ab", 60 + random.nextInt(140)));
        }
        try (var redis = RedisServer.start();
                var jedis = redis.connect()) {
            keys.forEach(key -> jedis.set(key, "x"));
            int matched = 0;
            for (int i = 0; i < 2_000; i++) {
                String pattern = like(random, keys.get(random.nextInt(keys.size())));
                Glob glob = Glob.of(pattern);
                Set<String> ours = keys.stream()
                        .filter(key -> glob.matches(key.getBytes(UTF_8)))
                        .collect(Collectors.toSet());
                assertThat(ours).as(pattern).isEqualTo(jedis.keys(pattern));
                matched += ours.isEmpty() ? 0 : 1;
            }
            assertThat(matched).isBetween(500, 1_950);
        }
    }

    /** A pattern that the key matches, or one that it nearly does. */
    private static String like(Random random, String key) {
        var pattern = new StringBuilder();
        int mistake = random.nextBoolean() ? random.nextInt(key.length()) : -1;
        for (int i = 0; i < key.length(); i++) {
            String same = key.substring(i, i + 1);
            String other = same.equals("a") ? "b" : "a";
            pattern.append(
                    i == mistake
                            ? other
                            : switch (random.nextInt(12)) {
                                case 0 -> "?";
                                case 1 -> "[" + same + "x]";
                                case 2 -> "[^" + other + "]";
                                case 3 -> random.nextInt(10) == 0 ? "*" : same;
                                default -> same;
                            });
        }
        return pattern.toString();
    }

    @Test
    void anEscapedTextMatchesItselfAlone() {
        String text = "a*b?[c]\\d";

        Glob glob = Glob.of(Glob.escape(text));

        assertThat(glob.matches(text.getBytes(UTF_8))).isTrue();
        assertThat(glob.matches("aXb?[c]\\d".getBytes(UTF_8))).isFalse();
        assertThat(Glob.unescape(Glob.escape(text))).isEqualTo(text);
    }

    @Test
    void manyStarsTakeNoLonger() {
        Glob glob = Glob.of("*a".repeat(500) + "b");

        assertThat(glob.matches("a".repeat(20_000).getBytes(UTF_8))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "session:*, session:, session:x",
        "a\\*b?c, a*b, a*bxc",
        "*, '', x",
        "plain, plain, plain",
        "a[-_]b[^c]*, a, a-b0x"
    })
    void howMatchingNamesBeginAndLook(String pattern, String beginning, String example) {
        assertThat(Glob.beginning(pattern)).isEqualTo(beginning);
        assertThat(Glob.example(pattern)).isEqualTo(example);
        assertThat(Glob.of(pattern).matches(example.getBytes(UTF_8))).isTrue();
    }

    private static String text(Random random, String alphabet, int length) {
        return random.ints(length, 0, alphabet.length())
                .mapToObj(alphabet::charAt)
                .map(String::valueOf)
                .collect(Collectors.joining());
    }
}
