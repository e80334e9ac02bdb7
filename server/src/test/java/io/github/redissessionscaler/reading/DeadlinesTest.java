package io.github.redissessionscaler.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {

    private final Deadlines deadlines = new Deadlines();

    @Test
    void theResultArrivesBeforeTheDeadline() {
        var result = new CompletableFuture<String>();
        var limited = limit(result, Duration.ofHours(1));

        result.complete("ten");

        assertThat(limited).isCompletedWithValue("ten");
        assertThat(limit(result, Duration.ofHours(1))).isCompletedWithValue("ten");
    }

    @Test
    void theOriginalFailureArrives() {
        var result = new CompletableFuture<String>();
        var limited = limit(result, Duration.ofHours(1));

        result.completeExceptionally(new IllegalArgumentException("refused"));

        assertThatThrownBy(() -> Futures.await(limited))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("refused");
    }

    @Test
    void anEarlierDeadlineIsKeptBesideLaterOnes() {
        var result = new CompletableFuture<String>();
        var patient = limit(result, Duration.ofHours(1));
        var others = IntStream.range(0, 3)
                .mapToObj(i -> limit(result, Duration.ofMillis(1 + 20L * i)))
                .toList();

        for (var other : others) {
            assertThatThrownBy(() -> Futures.await(other)).hasMessage("late");
        }
        assertThat(patient).isNotDone();
        assertThat(result).isNotDone();
        result.complete("ten");
        assertThat(patient).isCompletedWithValue("ten");
    }

    @Test
    void aDeadlineAfterACheckIsKept() {
        var stuck = new CompletableFuture<String>();
        var first = limit(stuck, Duration.ofMillis(1));
        await().until(first::isCompletedExceptionally);

        var second = limit(stuck, Duration.ofMillis(1));

        await().until(second::isCompletedExceptionally);
    }

    @Test
    void aFailureThatCannotBeDescribedEndsTheWaitAllTheSame() {
        var limited = deadlines.limit(new CompletableFuture<String>(), Deadline.in(Duration.ZERO), () -> {
            throw new IllegalStateException("no name");
        });

        assertThatThrownBy(() -> Futures.await(limited)).hasMessage("no name");
    }

    @Test
    void afterACheckThatCannotBeScheduledLaterDeadlinesAreKept() {
        var scheduled = new ArrayDeque<Runnable>();
        var refused = new AtomicBoolean(true);
        var few = new Deadlines(_ -> check -> {
            if (refused.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            scheduled.add(check);
        });
        var stuck = new CompletableFuture<String>();
        assertThatThrownBy(() ->
                        few.limit(stuck, Deadline.in(Duration.ZERO), () -> new IllegalStateException("too early")))
                .isInstanceOf(OutOfMemoryError.class);

        var limited = few.limit(stuck, Deadline.in(Duration.ZERO), () -> new IllegalStateException("late"));
        scheduled.remove().run();

        assertThatThrownBy(() -> Futures.await(limited)).hasMessage("late");
        assertThat(scheduled).isEmpty();
    }

    private CompletableFuture<String> limit(CompletableFuture<String> result, Duration time) {
        return deadlines.limit(result, Deadline.in(time), () -> new IllegalStateException("late"));
    }
}
