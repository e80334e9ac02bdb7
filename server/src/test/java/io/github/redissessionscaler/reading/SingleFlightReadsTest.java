package io.github.redissessionscaler.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SingleFlightReadsTest {

    private static final int TIMEOUT = -2;
    private static final int NOT_COUNTED = -3;

    private static final Deadline FAR = Deadline.in(Duration.ofMinutes(5));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Integer> replies = new LinkedBlockingQueue<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicReference<String> backend = new AtomicReference<>("one Redis");
    private final AtomicLong now = new AtomicLong();
    private final SingleFlightReads<String, Integer> reads = new SingleFlightReads<>(
            _ -> read(), _ -> backend.get(), key -> "Redis of " + key, key -> key, new ReadQueue(threads), now::get);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void whoComesWhileAReadIsInFlightSharesIt() {
        CompletableFuture<Integer> one = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 1);
        CompletableFuture<Integer> other = reads.get("a", false, FAR);

        replies.add(7);

        assertThat(Futures.await(one)).isEqualTo(7);
        assertThat(Futures.await(other)).isEqualTo(7);
        assertThat(begun).hasValue(1);
    }

    @Test
    void whoComesAfterwardsReadsAnew() {
        CompletableFuture<Integer> one = reads.get("a", false, FAR);
        replies.add(7);
        assertThat(Futures.await(one)).isEqualTo(7);

        CompletableFuture<Integer> other = reads.get("a", false, FAR);
        replies.add(8);

        assertThat(Futures.await(other)).isEqualTo(8);
    }

    @Test
    void whoWantsAFreshValueGetsTheNextRead() {
        CompletableFuture<Integer> one = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 1);
        CompletableFuture<Integer> fresh = reads.get("a", true, FAR);
        CompletableFuture<Integer> alsoFresh = reads.get("a", true, FAR);
        CompletableFuture<Integer> shared = reads.get("a", false, FAR);

        replies.addAll(List.of(7, 8));

        assertThat(List.of(one, shared)).extracting(Futures::await).containsOnly(7);
        assertThat(List.of(fresh, alsoFresh)).extracting(Futures::await).containsOnly(8);
        assertThat(begun).hasValue(2);
    }

    @Test
    void aReadOfOneRedisIsNotJoinedByThoseWhoAreToHaveAnother() {
        CompletableFuture<Integer> ofOne = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 1);
        backend.set("another Redis");
        CompletableFuture<Integer> ofAnother = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 2);

        replies.addAll(List.of(7, 8));

        assertThat(List.of(Futures.await(ofOne), Futures.await(ofAnother))).containsExactlyInAnyOrder(7, 8);
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, IllegalStateException.class})
    void aReadThatCannotStartFailsAndTheNextOneStarts(Class<? extends Throwable> refusal) {
        var refused = new AtomicBoolean(true);
        var shared = new SingleFlightReads<String, Integer>(
                _ -> read(), _ -> "", key -> key, key -> key, new ReadQueue(task -> {
                    if (refused.getAndSet(false)) {
                        if (refusal == OutOfMemoryError.class) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        throw new IllegalStateException("no thread");
                    }
                    threads.execute(task);
                }));
        CompletableFuture<Integer> one = shared.get("a", false, FAR);
        assertThatThrownBy(() -> Futures.await(one)).isInstanceOf(KeyspaceException.class);

        replies.add(7);

        assertThat(Futures.await(shared.get("a", false, FAR))).isEqualTo(7);
    }

    @Test
    void anErrorFailsTheReadAndTheNextOneStarts() {
        var failing = new AtomicBoolean(true);
        var shared = new SingleFlightReads<String, Integer>(
                _ -> {
                    if (failing.getAndSet(false)) {
                        throw new StackOverflowError();
                    }
                    return read();
                },
                _ -> "",
                key -> key,
                key -> key,
                new ReadQueue(threads));
        CompletableFuture<Integer> one = shared.get("a", false, FAR);
        assertThatThrownBy(() -> Futures.await(one))
                .isInstanceOf(KeyspaceException.class)
                .hasMessageContaining("internal error");

        replies.add(7);

        assertThat(Futures.await(shared.get("a", false, FAR))).isEqualTo(7);
    }

    @Test
    void aReadThatDoesNotEndHoldsUpLaterCallersForAMinuteAtMost() {
        CompletableFuture<Integer> stuck = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 1);
        CompletableFuture<Integer> waiting = reads.get("a", true, FAR);
        now.addAndGet(SingleFlightReads.LONGEST.toNanos() + 1);
        CompletableFuture<Integer> later = reads.get("a", false, FAR);
        await().until(() -> begun.get() == 2);
        assertThat(stuck).isNotDone();

        replies.addAll(List.of(7, 7));

        assertThat(List.of(stuck, waiting, later)).extracting(Futures::await).containsOnly(7);
        assertThat(begun).hasValue(2);
    }

    /** Those who ask once the first result is there do not get it: what it shows may have changed. */
    @Test
    void whoComesWhileOthersAreAnsweredGetsTheNextRead() {
        var late = new ArrayList<CompletableFuture<Integer>>();
        var answered = new Semaphore(0);
        for (int i = 0; i < 3; i++) {
            var _ = reads.get("a", false, FAR).thenAccept(_ -> {
                late.add(reads.get("a", false, FAR));
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
        CompletableFuture<Integer> one = reads.get("a", false, FAR);
        CompletableFuture<Integer> other = reads.get("b", false, FAR);
        await().until(() -> begun.get() == 2);
        replies.addAll(List.of(7, 7));

        assertThat(Futures.await(one)).isEqualTo(Futures.await(other));
    }

    @Test
    void aReadThatFailsFailsForAllWhoShareItAndForNobodyElse() {
        CompletableFuture<Integer> one = reads.get("a", false, FAR);
        CompletableFuture<Integer> other = reads.get("a", false, FAR);
        replies.add(-1);
        assertThatThrownBy(() -> Futures.await(one)).isInstanceOf(KeyspaceException.class);
        assertThatThrownBy(() -> Futures.await(other)).isInstanceOf(KeyspaceException.class);

        CompletableFuture<Integer> third = reads.get("a", false, FAR);
        replies.add(9);
        assertThat(Futures.await(third)).isEqualTo(9);
    }

    @Test
    void aCallerTimesOutWhileTheReadContinuesForOthers() {
        CompletableFuture<Integer> patient = reads.get("a", false, FAR);
        CompletableFuture<Integer> hasty = reads.get("a", false, Deadline.in(Duration.ofMillis(1)));

        assertThatThrownBy(() -> Futures.await(hasty))
                .isInstanceOfSatisfying(
                        KeyspaceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
        replies.add(7);
        assertThat(Futures.await(patient)).isEqualTo(7);
    }

    @Test
    void afterTheEndNothingIsRead() {
        threads.shutdown();

        CompletableFuture<Integer> value = reads.get("a", false, FAR);

        assertThatThrownBy(() -> Futures.await(value)).hasMessage("the scaler shuts down");
    }

    @Test
    void afterATimeoutCallersWaitLessUntilAReadSucceeds() {
        CompletableFuture<Integer> first = reads.get("a", false, FAR);
        replies.add(TIMEOUT);
        assertThatThrownBy(() -> Futures.await(first)).isInstanceOf(KeyspaceException.class);

        var time = Deadline.in(Duration.ofSeconds(10));
        CompletableFuture<Integer> patient =
                new Deadlines().limit(new CompletableFuture<>(), time, () -> new IllegalStateException("late"));
        CompletableFuture<Integer> hasty = reads.get("a", false, time);
        assertThatThrownBy(() -> Futures.await(hasty)).hasMessage("Redis of a did not answer in time");
        assertThat(patient).isNotDone();

        replies.add(7);
        await().until(() -> replies.isEmpty());
        CompletableFuture<Integer> again = reads.get("a", false, time);
        replies.add(8);
        assertThat(Futures.await(again)).isIn(7, 8);
    }

    @Test
    void aFailureThatRedisAnsweredEndsTheShorterWaitsToo() {
        CompletableFuture<Integer> first = reads.get("a", false, FAR);
        replies.addAll(List.of(TIMEOUT, NOT_COUNTED));
        assertThatThrownBy(() -> Futures.await(first)).isInstanceOf(KeyspaceException.class);
        CompletableFuture<Integer> second = reads.get("a", false, FAR);
        assertThatThrownBy(() -> Futures.await(second)).hasMessage("NOT_COUNTED");

        var time = Deadline.in(Duration.ofSeconds(10));
        CompletableFuture<Integer> next = reads.get("a", false, time);
        CompletableFuture<String> sooner = new Deadlines()
                .limit(new CompletableFuture<>(), time.sooner(), () -> new IllegalStateException("late"));
        assertThatThrownBy(() -> Futures.await(sooner)).hasMessage("late");
        replies.add(7);

        assertThat(Futures.await(next)).isEqualTo(7);
    }

    /** The next read's result; -1 stands for an unreachable Redis, the others for what they are called. */
    private int read() {
        begun.incrementAndGet();
        try {
            int reply = replies.take();
            if (reply < 0) {
                Reason reason = switch (reply) {
                    case TIMEOUT -> Reason.TIMEOUT;
                    case NOT_COUNTED -> Reason.NOT_COUNTED;
                    default -> Reason.UNREACHABLE;
                };
                throw new KeyspaceException(reason, reason.name());
            }
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
