package io.github.redissessionscaler.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReadQueueTest {

    /** Threads that were started and have not run yet: each is a read in progress. */
    private final Deque<Runnable> threads = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private final ReadQueue queue = new ReadQueue(threads::add);

    @Test
    void anotherReadWaitsWhenOneGroupRunsAsManyAsItMay() {
        add("a", ReadQueue.MOST_OF_A_GROUP + 1);

        assertThat(threads).hasSize(ReadQueue.MOST_OF_A_GROUP);
        assertThat(queue.waiting()).isPositive();

        threads.remove().run();
        assertThat(done).hasSize(2);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void eachGroupMayRunSomeReadsWhateverOthersDo() {
        add("a", ReadQueue.MOST_OF_A_GROUP);
        add("b", ReadQueue.MOST - ReadQueue.MOST_OF_A_GROUP);
        assertThat(threads).hasSize(ReadQueue.MOST);

        add("c", ReadQueue.ALWAYS + 1);

        assertThat(threads).hasSize(ReadQueue.MOST + ReadQueue.ALWAYS);
        assertThat(queue.waiting()).isPositive();
    }

    @Test
    void waitingGroupsTakeTurns() {
        add("a", ReadQueue.MOST_OF_A_GROUP);
        add("b", ReadQueue.MOST - ReadQueue.MOST_OF_A_GROUP);
        add("c", ReadQueue.ALWAYS + 2);
        add("d", ReadQueue.ALWAYS + 2);
        for (int i = 0; i < ReadQueue.ALWAYS; i++) {
            threads.removeLast();
        }
        for (int i = 0; i < ReadQueue.ALWAYS; i++) {
            threads.removeLast();
        }

        for (int i = 0; i < 2 * ReadQueue.ALWAYS + 1; i++) {
            threads.remove().run();
        }

        assertThat(done.stream().filter(name -> !name.equals("a"))).containsExactly("c", "d", "c", "d");
    }

    @Test
    void allReadsRunInTheEnd() {
        for (int i = 0; i < 100; i++) {
            add("group " + i % 7, 50);
        }
        while (!threads.isEmpty()) {
            threads.remove().run();
        }

        assertThat(done).hasSize(5_000);
        assertThat(queue.waiting()).isZero();
        add("a", 1);
        assertThat(threads).hasSize(1);
    }

    @Test
    void aReadThatRunsAgainLeavesTheOthersTheirTurn() {
        var left = new AtomicInteger(3);
        queue.repeat("a", () -> {
            done.add("again");
            return left.decrementAndGet() > 0;
        });
        add("a", ReadQueue.MOST_OF_A_GROUP);
        assertThat(queue.waiting()).isEqualTo(1);

        threads.remove().run();

        assertThat(done).containsExactly("again", "a", "again", "again");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void afterAReadThatThrowsTheNextOneRunsOnAnotherThread() {
        queue.execute("a", () -> {
            throw new IllegalStateException("broken");
        });
        add("a", ReadQueue.MOST_OF_A_GROUP);

        assertThatThrownBy(() -> threads.remove().run()).hasMessage("broken");

        assertThat(threads).hasSize(ReadQueue.MOST_OF_A_GROUP);
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        assertThat(done).hasSize(ReadQueue.MOST_OF_A_GROUP);
    }

    @Test
    void aReadThatCannotStartTakesNoPlace() {
        var refusing = new ReadQueue(_ -> {
            throw new RejectedExecutionException("no thread");
        });
        for (int i = 0; i < 2 * ReadQueue.MOST; i++) {
            assertThatThrownBy(() -> refusing.execute("a", () -> {})).isInstanceOf(RejectedExecutionException.class);
        }

        assertThat(refusing.waiting()).isZero();
    }

    private void add(String group, int reads) {
        for (int i = 0; i < reads; i++) {
            queue.execute(group, () -> done.add(group));
        }
    }
}
