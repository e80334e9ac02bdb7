package io.github.redissessionscaler.history;

import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/** Begins the courses of triggers, which share one bound of memory: the more triggers, the coarser each. Thread-safe. */
public final class HistoryBudget {

    /** Points that all triggers have together, 3.5 MiB. */
    private static final int POINTS = 1 << 18;

    /** What a trigger has at most: a few days as fine as a plot can show. */
    private static final int MOST = 2048;

    /** What a trigger has at least, however many there are. */
    private static final int LEAST = 24;

    private final RunningReplicas replicas;
    private final IntUnaryOperator roomOfEach;

    private HistoryBudget(RunningReplicas replicas, IntUnaryOperator roomOfEach) {
        this.replicas = replicas;
        this.roomOfEach = roomOfEach;
    }

    /** Courses that keep what happened. */
    public static HistoryBudget recorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, HistoryBudget::roomOfEach);
    }

    /** Courses that know of the present only. */
    public static HistoryBudget unrecorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, _ -> 0);
    }

    /**
     * A course in which nothing has happened yet.
     *
     * @param triggers how many there are
     */
    public TriggerHistory begin(String namespace, String scaledObject, IntSupplier triggers) {
        return new TriggerHistory(
                () -> replicas.running(namespace, scaledObject), () -> roomOfEach.applyAsInt(triggers.getAsInt()));
    }

    static int roomOfEach(int triggers) {
        return Math.clamp(POINTS / Math.max(1, triggers), LEAST, MOST);
    }
}
