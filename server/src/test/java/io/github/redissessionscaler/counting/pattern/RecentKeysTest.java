package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.CountedRedis;
import java.util.ArrayDeque;
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
            boolean isNew = recent.add(CountedRedis.key("key", key));
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

    private Set<Integer> latest(int count) {
        return met.stream().limit(count).collect(Collectors.toSet());
    }
}
