package io.github.redissessionscaler.counting.pattern;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.CountedRedis;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class RecentKeysTest {

    private static final int WINDOW = 2048;

    private final RecentKeys recent = new RecentKeys(WINDOW);

    /** The latest first; each key is there once. */
    private final ArrayDeque<Integer> met = new ArrayDeque<>();

    @Test
    void remembersTheLastOfItsWindowAndNoneBeforeTwiceThat() {
        var random = new Random(7);
        int forgotten = 0;

        for (int i = 0; i < 30_000; i++) {
            int key = random.nextInt(6_000);
            boolean isNew = recent.add(RecentKeys.fingerprint(CountedRedis.key("key", key)));
            if (latest(WINDOW).contains(key)) {
                assertThat(isNew).as("key %d again", key).isFalse();
            } else if (!latest(2 * WINDOW).contains(key)) {
                assertThat(isNew).as("key %d", key).isTrue();
                forgotten += met.contains(key) ? 1 : 0;
            }
            if (isNew) {
                met.remove(key);
                met.addFirst(key);
            }
        }

        assertThat(forgotten).isPositive();
    }

    /** Names that differ in one byte, in their length, or in the order of their parts. */
    @Test
    void keysThatDiffLittleHaveDifferentFingerprints() {
        Set<Long> fingerprints = new HashSet<>();
        List<byte[]> keys = new ArrayList<>();
        for (int length = 0; length <= 40; length++) {
            keys.add(new byte[length]);
            for (int at = 0; at < length; at++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    byte[] key = new byte[length];
                    key[at] = (byte) (1 << bit);
                    keys.add(key);
                }
            }
        }
        keys.add("12345678abcdefgh".getBytes(US_ASCII));
        keys.add("abcdefgh12345678".getBytes(US_ASCII));

        keys.forEach(key -> fingerprints.add(RecentKeys.fingerprint(key)));

        assertThat(fingerprints).hasSameSizeAs(keys).doesNotContain(0L);
    }

    @Test
    void equalKeysHaveEqualFingerprints() {
        for (int length = 0; length <= 40; length++) {
            byte[] key = "session:0123456789abcdefghijklmnopqrstuvwxyz"
                    .substring(0, length)
                    .getBytes(US_ASCII);
            assertThat(RecentKeys.fingerprint(key.clone())).isEqualTo(RecentKeys.fingerprint(key));
        }
    }

    private Set<Integer> latest(int count) {
        return met.stream().limit(count).collect(Collectors.toSet());
    }
}
