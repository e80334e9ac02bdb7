package io.github.redissessionscaler.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReadExecutorTest {

    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final ReadExecutor threads = new ReadExecutor(others);
    private final BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void stop() {
        end.countDown();
        threads.close();
        others.shutdownNow();
    }

    @Test
    void aReadRunsOnAThreadOfTheSystem() throws InterruptedException {
        threads.execute(() -> ran.add(Thread.currentThread()));

        assertThat(ran.take().isVirtual()).isFalse();
    }

    @Test
    void whileFourHangTheNextRunsAllTheSame() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            threads.execute(this::hang);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(ran.take().isVirtual()).isFalse();
        }

        threads.execute(this::hang);
        threads.execute(this::hang);

        assertThat(ran.take().isVirtual()).isTrue();
        assertThat(ran.take().isVirtual()).isTrue();
    }

    @Test
    void afterTheEndAReadIsRefused() {
        threads.close();

        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> threads.execute(() -> {}));
    }

    private void hang() {
        ran.add(Thread.currentThread());
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
