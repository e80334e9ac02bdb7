package io.github.redissessionscaler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Patterns and keys, compared with a matcher that is as plain and as slow as Redis's own description of a pattern. */
class GlobFuzzTest {

    private static final int LONGEST_PATTERN = 14;
    private static final int LONGEST_KEY = 14;

    @FuzzTest
    void matchesAsThePlainMatcherDoes(FuzzedDataProvider data) {
        String pattern = data.consumeString(LONGEST_PATTERN);
        byte[] key = data.consumeBytes(LONGEST_KEY);

        boolean matches = Glob.of(pattern).matches(key);

        boolean expected = key.length == 0
                ? pattern.isEmpty() || pattern.equals("*")
                : new PlainMatcher(pattern.getBytes(UTF_8), key).matches(0, 0);
        assertThat(matches).as("pattern %s", pattern).isEqualTo(expected);
        assertThat(Glob.of(Glob.escape(pattern)).matches(pattern.getBytes(UTF_8)))
                .isEqualTo(true);
        assertThat(Glob.defect(Glob.escape(pattern))).isEmpty();
    }

    private record PlainMatcher(byte[] pattern, byte[] key) {

        boolean matches(int p, int k) {
            if (p == pattern.length) {
                return k == key.length;
            }
            return switch (pattern[p]) {
                case '*' -> matches(p + 1, k) || (k < key.length && matches(p, k + 1));
                case '?' -> k < key.length && matches(p + 1, k + 1);
                case '[' -> k < key.length && set(p + 1, k);
                case '\\' -> {
                    int literal = p + 1 < pattern.length ? p + 1 : p;
                    yield k < key.length && pattern[literal] == key[k] && matches(literal + 1, k + 1);
                }
                default -> k < key.length && pattern[p] == key[k] && matches(p + 1, k + 1);
            };
        }

        private boolean set(int start, int k) {
            int p = start;
            boolean negated = p < pattern.length && pattern[p] == '^';
            if (negated) {
                p++;
            }
            boolean member = false;
            while (p < pattern.length && pattern[p] != ']') {
                if (pattern[p] == '\\' && p + 1 < pattern.length) {
                    member |= pattern[p + 1] == key[k];
                    p += 2;
                } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                    member |= Math.min(pattern[p], pattern[p + 2]) <= key[k]
                            && key[k] <= Math.max(pattern[p], pattern[p + 2]);
                    p += 3;
                } else {
                    member |= pattern[p] == key[k];
                    p++;
                }
            }
            return member != negated && matches(Math.min(p + 1, pattern.length), k + 1);
        }
    }
}
