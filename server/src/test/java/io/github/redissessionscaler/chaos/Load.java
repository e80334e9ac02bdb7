package io.github.redissessionscaler.chaos;

import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Polls of many triggers without a pause, each {@code GetMetrics} and then {@code IsActive}, and what becomes of them.
 *
 * <p>A number is right, or says by its trigger's policy that there is none: 0 with {@code minimum}, UNAVAILABLE with
 * {@code error}. With {@code hold} it must be right at all times. Anything else is wrong.
 */
final class Load implements AutoCloseable {

    private static final int CLIENTS = 8;

    /** How many metric names there are for each way of counting and each policy. */
    private static final int TRIGGERS_OF_A_KIND = 4;

    private static final String POLICY = "onUnavailable";

    /** The answer timeout of the tests, and as much again for a machine that is busy. */
    static final Duration BOUND = RunningScaler.SHORT_ANSWER_TIMEOUT.multipliedBy(2);

    private final RunningScaler scaler;
    private final List<Poll> polls = new ArrayList<>();
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /** The polls of one trigger, and when the one that was right last was begun. */
    private static final class Poll {
        final Map<String, String> metadata;
        final double expected;
        final double tolerance;
        volatile long rightSince;

        Poll(Map<String, String> metadata, double expected, double tolerance) {
            this.metadata = metadata;
            this.expected = expected;
            this.tolerance = tolerance;
        }

        boolean isRight(double value) {
            return Math.abs(value - expected) <= tolerance;
        }
    }

    /**
     * Begins to poll.
     *
     * @param expected what each way of counting, given as its metadata, counts
     * @param keysUnderWay by how much DBSIZE may be off, since keys move while one primary is asked after the other
     */
    Load(RunningScaler scaler, Map<Map<String, String>, Double> expected, int keysUnderWay) {
        this.scaler = scaler;
        expected.forEach((counted, value) -> {
            for (String policy : List.of("minimum", "hold", "error")) {
                for (int i = 0; i < TRIGGERS_OF_A_KIND; i++) {
                    Map<String, String> metadata = new HashMap<>(counted);
                    metadata.put(POLICY, policy);
                    metadata.put("metricName", "m" + i);
                    polls.add(new Poll(metadata, value, counted.isEmpty() ? keysUnderWay : 0));
                }
            }
        });
        polls.forEach(this::poll);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.startVirtualThread(() -> {
                while (!ended) {
                    poll(polls.get(next.getAndUpdate(index -> (index + 1) % polls.size())));
                }
            }));
        }
    }

    /** Waits until every trigger was polled with a right number by a call that began after this moment. */
    Duration awaitAllRight() {
        long from = System.nanoTime();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> polls.stream().allMatch(poll -> poll.rightSince - from > 0));
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** Waits for so many more calls. */
    void awaitCalls(int more) {
        long until = calls.get() + more;
        await().atMost(Duration.ofSeconds(30)).until(() -> calls.get() >= until);
    }

    long calls() {
        return calls.get();
    }

    /** How many took longer than {@link #BOUND}. */
    long late() {
        return late.get();
    }

    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** The answers that were wrong, with their triggers. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    @Override
    public void close() {
        ended = true;
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void poll(Poll poll) {
        long start = System.nanoTime();
        boolean right = check(poll, () -> {
            double value = scaler.metric(poll.metadata);
            boolean minimum = value == 0 && poll.metadata.containsValue("minimum");
            if (!poll.isRight(value) && !minimum) {
                wrong.add(poll.metadata + " gave " + value + " in place of " + poll.expected);
            }
            return poll.isRight(value);
        });
        boolean active = check(poll, () -> {
            boolean value = scaler.isActive(poll.metadata);
            if (!value && !poll.metadata.containsValue("minimum")) {
                wrong.add(poll.metadata + " was inactive");
            }
            return value;
        });
        if (right && active) {
            poll.rightSince = start;
        }
    }

    /**
     * Whether the answer was the right one. Every status is wrong but the one that the policy wants, and the one that says that
     * the first count by pattern has not ended.
     */
    private boolean check(Poll poll, BooleanSupplier call) {
        long start = System.nanoTime();
        try {
            return call.getAsBoolean();
        } catch (StatusRuntimeException e) {
            boolean wanted = e.getStatus().getCode() == Status.Code.UNAVAILABLE
                    && (poll.metadata.containsValue("error")
                            || String.valueOf(e.getStatus().getDescription()).startsWith("NOT_COUNTED"));
            if (!wanted && !ended) {
                wrong.add(poll.metadata + " gave " + e.getStatus());
            }
            return false;
        } finally {
            long nanos = System.nanoTime() - start;
            calls.incrementAndGet();
            longestNanos.accumulateAndGet(nanos, Math::max);
            if (nanos > BOUND.toNanos()) {
                late.incrementAndGet();
            }
        }
    }
}
