package io.github.redissessionscaler.reading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many reads run at a time. A read that waits for Redis takes up to 13 KiB for its thread; more reads than there
 * are connections wait here, where each takes 0.1 KiB. Reads are in groups: each group may always run a few reads, whatever
 * other groups do, and groups with waiting reads take turns. Thread-safe; does not block.
 */
public final class ReadQueue {

    /** Reads that run at a time, besides those that each group may always run. */
    static final int MOST = 144;

    /** Reads of one group that run at a time. */
    static final int MOST_OF_A_GROUP = 120;

    /** Reads that each group may always run at a time. */
    static final int ALWAYS = 2;

    private static final class Group {
        private final Deque<BooleanSupplier> waiting = new ArrayDeque<>(1);
        private int running;
    }

    /** A read that runs now. */
    private record Turn(Object name, Group group, BooleanSupplier read) {}

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
     * Runs the read once, now or later.
     *
     * @param name of its group
     * @throws java.util.concurrent.RejectedExecutionException from the executor
     */
    public void execute(Object name, Runnable read) {
        repeat(name, () -> {
            read.run();
            return false;
        });
    }

    /**
     * Runs the read, now or later, and again as long as it returns true. Between two runs, other reads have their turns.
     *
     * @param name of its group
     * @throws java.util.concurrent.RejectedExecutionException from the executor
     */
    void repeat(Object name, BooleanSupplier read) {
        Group group;
        synchronized (this) {
            group = groups.computeIfAbsent(name, _ -> new Group());
            if (!group.waiting.isEmpty() || !mayRun(group)) {
                add(name, group, read);
                return;
            }
            begin(group);
        }
        start(new Turn(name, group, read));
    }

    /** Reads that wait. */
    public int waiting() {
        return waiting;
    }

    private boolean mayRun(Group group) {
        return group.running < always || (group.running < mostOfAGroup && running < most);
    }

    private synchronized void add(Object name, Group group, BooleanSupplier read) {
        group.waiting.add(read);
        queue.putIfAbsent(name, group);
        waiting++;
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
            Turn next = next(turn, false);
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
            boolean again = false;
            Turn next = null;
            try {
                again = turn.read.getAsBoolean();
                ended = true;
            } finally {
                next = next(turn, again);
                if (!ended && next != null) {
                    start(next);
                }
            }
            turn = next;
        }
    }

    /** A read has ended; if it is to run again, it waits for its next turn. Returns the read that takes its place. */
    private synchronized @Nullable Turn next(Turn ended, boolean again) {
        ended.group.running--;
        running--;
        if (again) {
            add(ended.name, ended.group, ended.read);
        } else if (ended.group.running == 0 && ended.group.waiting.isEmpty()) {
            groups.remove(ended.name);
        }
        Optional<Map.Entry<Object, Group>> first = queue.entrySet().stream()
                .filter(entry -> mayRun(entry.getValue()))
                .findFirst();
        if (first.isEmpty()) {
            return null;
        }
        Object chosen = first.get().getKey();
        Group group = first.get().getValue();
        Turn turn = new Turn(chosen, group, group.waiting.remove());
        queue.remove(chosen);
        if (!group.waiting.isEmpty()) {
            queue.put(chosen, group);
        }
        waiting--;
        begin(group);
        return turn;
    }
}
