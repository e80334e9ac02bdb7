package io.github.redissessionscaler.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Calls at a fixed rate, whether or not those before are answered. A call's time runs from when it was due, so that what waits
 * behind a slow one counts as slow too.
 */
final class FixedRate {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private FixedRate() {}

    /**
     * How long the calls took.
     *
     * @param perSecond calls that are due in a second
     * @param call starts the call with this number; must not block
     */
    static Latencies run(double perSecond, Duration duration, IntFunction<ListenableFuture<?>> call)
            throws InterruptedException {
        int calls = (int) (perSecond * duration.toMillis() / 1000);
        long[] nanos = new long[calls];
        var answered = new CountDownLatch(calls);
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            long due = start + (long) (i * SECOND / perSecond);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int number = i;
            ListenableFuture<?> answer = call.apply(i);
            answer.addListener(
                    () -> {
                        requireOk(answer);
                        nanos[number] = System.nanoTime() - due;
                        answered.countDown();
                    },
                    MoreExecutors.directExecutor());
        }
        if (!answered.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(answered.getCount() + " calls are not answered, or with an error");
        }
        var latencies = new Latencies();
        for (long latency : nanos) {
            latencies.add(latency);
        }
        return latencies;
    }

    private static void requireOk(Future<?> answer) {
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
