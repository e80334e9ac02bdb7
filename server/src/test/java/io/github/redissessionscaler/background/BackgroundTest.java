package io.github.redissessionscaler.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackgroundTest {

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger threadsRefused = new AtomicInteger();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(refusing());
    private final Background background = new Background(threads);

    /** As a system does that has reached its limit of threads. */
    private ThreadFactory refusing() {
        return work -> {
            if (threadsRefused.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Thread.ofVirtual().unstarted(work);
        };
    }

    @AfterEach
    void end() {
        background.close();
        threads.shutdownNow();
    }

    @Test
    void workThatThrowsAnErrorIsRunAgainWhenItsTimeComes() {
        var _ = background.every("test of every", SOON, () -> {
            runs.incrementAndGet();
            throw new StackOverflowError();
        });

        await().until(() -> runs.get() > 3);
        assertThat(InternalErrors.counts().get("test of every")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void workIsRunOnceAThreadCanBeStarted() {
        threadsRefused.set(1);

        background.start("test of start", runs::incrementAndGet);

        await().until(() -> runs.get() == 1);
        assertThat(InternalErrors.counts()).containsEntry("test of start", 1L);
    }

    @Test
    void workThatIsDueIsRunOnceAThreadCanBeStarted() {
        threadsRefused.set(1);

        var _ = background.after("test of after", SOON, runs::incrementAndGet);

        await().until(() -> runs.get() == 1);
    }

    @Test
    void repeatedWorkGoesOnOnceAThreadCanBeStarted() {
        threadsRefused.set(1);

        var _ = background.every("test of threads", SOON, runs::incrementAndGet);

        await().until(() -> runs.get() > 3);
    }

    @Test
    void cancelledWorkLeavesNothingBehind() {
        for (int i = 0; i < 1_000; i++) {
            Future<?> later = background.after("test of cancelling", NEVER, runs::incrementAndGet);
            later.cancel(false);
        }

        assertThat(background.waiting()).isZero();
    }

    @Test
    void nothingIsStartedAfterTheEnd() {
        background.close();
        threads.shutdownNow();

        background.start("test of the end", runs::incrementAndGet);
        var _ = background.after("test of the end", SOON, runs::incrementAndGet);
        var _ = background.every("test of the end", SOON, runs::incrementAndGet);

        assertThat(background.waiting()).isZero();
        assertThat(InternalErrors.counts()).doesNotContainKey("test of the end");
    }
}
