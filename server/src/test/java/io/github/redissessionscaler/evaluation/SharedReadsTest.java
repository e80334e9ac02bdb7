package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SharedReadsTest {

    private static final Deadline FAR = Deadline.in(Duration.ofMinutes(5));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Integer> replies = new LinkedBlockingQueue<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final SharedReads<String, Integer> reads = new SharedReads<>(_ -> read(), threads);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void whoComesWhileAReadIsInFlightSharesIt() {
        CompletableFuture<Integer> one = reads.get("a", FAR);
        await().until(() -> begun.get() == 1);
        CompletableFuture<Integer> other = reads.get("a", FAR);

        replies.add(7);

        assertThat(Futures.await(one)).isEqualTo(7);
        assertThat(Futures.await(other)).isEqualTo(7);
        assertThat(begun).hasValue(1);
    }

    @Test
    void whoComesAfterwardsReadsAnew() {
        CompletableFuture<Integer> one = reads.get("a", FAR);
        replies.add(7);
        assertThat(Futures.await(one)).isEqualTo(7);

        CompletableFuture<Integer> other = reads.get("a", FAR);
        replies.add(8);

        assertThat(Futures.await(other)).isEqualTo(8);
    }

    /** So that nobody gets a value older than the question. */
    @Test
    void whoComesWhileOthersAreAnsweredGetsTheNextRead() {
        var late = new ArrayList<CompletableFuture<Integer>>();
        var answered = new Semaphore(0);
        for (int i = 0; i < 3; i++) {
            var _ = reads.get("a", FAR).thenAccept(_ -> {
                late.add(reads.get("a", FAR));
                answered.release();
            });
        }
        replies.add(7);
        replies.add(8);
        answered.acquireUninterruptibly(3);

        assertThat(late).extracting(Futures::await).containsExactly(8, 8, 8);
        assertThat(begun).hasValue(2);
    }

    @Test
    void otherKeysAreReadBeside() {
        CompletableFuture<Integer> one = reads.get("a", FAR);
        CompletableFuture<Integer> other = reads.get("b", FAR);
        await().until(() -> begun.get() == 2);
        replies.addAll(List.of(7, 7));

        assertThat(Futures.await(one)).isEqualTo(Futures.await(other));
    }

    @Test
    void aReadThatFailsFailsForAllWhoShareItAndForNobodyElse() {
        CompletableFuture<Integer> one = reads.get("a", FAR);
        CompletableFuture<Integer> other = reads.get("a", FAR);
        replies.add(-1);
        assertThatThrownBy(() -> Futures.await(one)).isInstanceOf(KeyspaceException.class);
        assertThatThrownBy(() -> Futures.await(other)).isInstanceOf(KeyspaceException.class);

        CompletableFuture<Integer> third = reads.get("a", FAR);
        replies.add(9);
        assertThat(Futures.await(third)).isEqualTo(9);
    }

    @Test
    void whoseTimeIsUpIsToldSoWhileTheReadGoesOnForOthers() {
        CompletableFuture<Integer> patient = reads.get("a", FAR);
        CompletableFuture<Integer> hasty = reads.get("a", Deadline.in(Duration.ofMillis(1)));

        assertThatThrownBy(() -> Futures.await(hasty))
                .isInstanceOfSatisfying(
                        KeyspaceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
        replies.add(7);
        assertThat(Futures.await(patient)).isEqualTo(7);
    }

    @Test
    void afterTheEndNothingIsRead() {
        threads.shutdown();

        CompletableFuture<Integer> value = reads.get("a", FAR);

        assertThatThrownBy(() -> Futures.await(value)).hasMessage("the scaler shuts down");
    }

    /** Whatever is told next; -1 stands for a failure. */
    private int read() {
        begun.incrementAndGet();
        try {
            int reply = replies.take();
            if (reply < 0) {
                throw new KeyspaceException(Reason.UNREACHABLE, "refused");
            }
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
