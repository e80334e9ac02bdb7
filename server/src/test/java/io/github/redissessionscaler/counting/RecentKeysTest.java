package io.github.redissessionscaler.counting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecentKeysTest {

    @Test
    void remembersExactlyTheLastOfItsWindow() {
        int window = 2048;
        var recent = new RecentKeys(window);
        var expected = new ArrayDeque<Integer>();
        var random = new Random(7);

        for (int i = 0; i < 30_000; i++) {
            int key = random.nextInt(6_000);
            boolean isNew = !expected.contains(key);
            assertThat(recent.add(CountedRedis.key("key", key))).isEqualTo(isNew);
            if (isNew) {
                expected.addLast(key);
                if (expected.size() > window) {
                    expected.removeFirst();
                }
            }
        }
    }
}
