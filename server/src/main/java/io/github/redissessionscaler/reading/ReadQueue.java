package io.github.redissessionscaler.reading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many reads run at a time. A read that waits for Redis takes 8 KiB for its thread; more reads than there are
 * connections wait here, where each takes 0.1 KiB. Reads are in groups: each group may always run a few reads, whatever
 * other groups do, and groups with waiting reads take turns. Thread-safe; does not block.
 */
public final class ReadQueue {

    /** Reads that run at a time, besides those that each group may always run. */
    static final int MOST = 224;

    /** Reads of one group that run at a time. */
    static final int MOST_OF_A_GROUP = 200;

    /** Reads that each group may always run at a time. */
    static final int ALWAYS = 2;

    private static final class Group {
        private final Deque<Runnable> waiting = new ArrayDeque<>(1);
        private int running;
    }

    private record Turn(Object group, Runnable read) {}

    private final Executor executor;
    private final Map<Object, Group> groups = new HashMap<>();

    /** Groups with waiting reads, in the order of their turns. */
    private final Map<Object, Group> queue = new LinkedHashMap<>();

    private final int most;
    private final int mostOfAGroup;
    private final int always;
    private int running;
    private volatile int waiting;

    /** A queue for calls; nothing runs yet. */
    ReadQueue(Executor executor) {
        this(executor, MOST, MOST_OF_A_GROUP, ALWAYS);
    }

    /**
     * Nothing runs yet.
     *
     * @param executor runs each read on a thread of its own
     * @param most reads that run at a time, besides those that each group may always run
     * @param mostOfAGroup reads of one group that run at a time
     * @param always reads that each group may always run at a time
     */
    public ReadQueue(Executor executor, int most, int mostOfAGroup, int always) {
        this.executor = executor;
        this.most = most;
        this.mostOfAGroup = mostOfAGroup;
        this.always = always;
    }

    /**
     * Runs the read, now or later.
     *
     * @throws java.util.concurrent.RejectedExecutionException from the executor
     */
    public void execute(Object name, Runnable read) {
        synchronized (this) {
            Group group = groups.computeIfAbsent(name, _ -> new Group());
            if (!group.waiting.isEmpty() || !mayRun(group)) {
                group.waiting.add(read);
                queue.putIfAbsent(name, group);
                waiting++;
                return;
            }
            begin(group);
        }
        start(new Turn(name, read));
    }

    /** Whether reads wait: then one that would read again should leave its thread to them. */
    boolean isCrowded() {
        return waiting > 0;
    }

    /** Reads that wait. */
    public int waiting() {
        return waiting;
    }

    private boolean mayRun(Group group) {
        return group.running < always || (group.running < mostOfAGroup && running < most);
    }

    private void begin(Group group) {
        group.running++;
        running++;
    }

    private void start(Turn turn) {
        try {
            executor.execute(() -> run(turn));
        } catch (RuntimeException | Error e) {
            // the callers of the next one wait until their deadline if it cannot be started either
            Turn next = next(turn.group);
            if (next != null) {
                start(next);
            }
            throw e;
        }
    }

    private void run(Turn first) {
        Turn turn = first;
        while (turn != null) {
            boolean ended = false;
            Turn next = null;
            try {
                turn.read.run();
                ended = true;
            } finally {
                next = next(turn.group);
                if (!ended && next != null) {
                    start(next);
                }
            }
            turn = next;
        }
    }

    /** A read of this group has ended. Returns the read that takes its place. */
    private synchronized @Nullable Turn next(Object name) {
        Group ended = groups.get(name);
        if (ended != null) {
            ended.running--;
            running--;
            if (ended.running == 0 && ended.waiting.isEmpty()) {
                groups.remove(name);
            }
        }
        Optional<Map.Entry<Object, Group>> first = queue.entrySet().stream()
                .filter(entry -> mayRun(entry.getValue()))
                .findFirst();
        if (first.isEmpty()) {
            return null;
        }
        Object chosen = first.get().getKey();
        Group group = first.get().getValue();
        Turn turn = new Turn(chosen, group.waiting.remove());
        queue.remove(chosen);
        if (!group.waiting.isEmpty()) {
            queue.put(chosen, group);
        }
        waiting--;
        begin(group);
        return turn;
    }
}
