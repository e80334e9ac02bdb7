package io.github.redissessionscaler.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** Replicas that take sessions some time after they were started. Those that still start are the first to go. */
final class SimulatedReplicas {

    private record Starting(long count, long readyAt) {}

    private final long startupSeconds;
    private final Deque<Starting> starting = new ArrayDeque<>();
    private long all;
    private long ready;

    /** So many replicas that take sessions. */
    SimulatedReplicas(long count, long startupSeconds) {
        this.startupSeconds = startupSeconds;
        this.all = count;
        this.ready = count;
    }

    /** From this second on there shall be so many. */
    void become(long count, long second) {
        if (count > all) {
            starting.addLast(new Starting(count - all, second + startupSeconds));
        }
        long ending = Math.max(0, all - count);
        while (ending > 0 && !starting.isEmpty()) {
            Starting newest = starting.removeLast();
            long ended = Math.min(ending, newest.count());
            ending -= ended;
            if (ended < newest.count()) {
                starting.addLast(new Starting(newest.count() - ended, newest.readyAt()));
            }
        }
        ready -= ending;
        all = count;
    }

    /** How many take sessions at this second; must not be called for an earlier one afterwards. */
    long ready(long second) {
        while (!starting.isEmpty() && starting.getFirst().readyAt() <= second) {
            ready += starting.removeFirst().count();
        }
        return ready;
    }

    /** The next second at which more take sessions; the end of time when none starts. */
    long nextReady() {
        return starting.isEmpty() ? Long.MAX_VALUE : starting.getFirst().readyAt();
    }
}
