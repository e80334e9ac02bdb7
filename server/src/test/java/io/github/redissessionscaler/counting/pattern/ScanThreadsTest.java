package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ScanThreadsTest {

    private final ScanThreads threads = new ScanThreads(2);
    private final CountDownLatch ended = new CountDownLatch(1);

    @Test
    void fewThreadsAreOfTheSystemAndFurtherOnesVirtual() throws InterruptedException {
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            started.add(threads.start("scan " + i, this::untilEnded));
        }

        assertThat(started).extracting(Thread::isVirtual).containsExactly(false, false, true, true);
        assertThat(started)
                .allMatch(Thread::isDaemon)
                .extracting(Thread::getName)
                .contains("scan 0", "scan 3");
        ended.countDown();
        for (Thread thread : started) {
            thread.join();
        }
    }

    @Test
    void aThreadOfTheSystemIsFreeAgainAfterItsWorkAlsoIfThatFails() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            Thread thread = threads.start("scan", ScanThreadsTest::fail);
            thread.join();

            assertThat(thread.isVirtual()).isFalse();
        }
    }

    private void untilEnded() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fail() {
        Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
        throw new IllegalStateException("it failed");
    }
}
