package io.github.redissessionscaler.history;

import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/** Creates the histories of triggers within one memory limit: the more triggers, the fewer points each has. Thread-safe. */
public final class HistoryBudget {

    /** Points of all triggers together, 3.5 MiB. */
    private static final int POINTS = 1 << 18;

    /** Most points of one trigger: a few days at the resolution of a plot. */
    private static final int MOST = 2048;

    /** Fewest points of one trigger, however many triggers there are. */
    private static final int LEAST = 24;

    private final RunningReplicas replicas;
    private final IntUnaryOperator roomOfEach;

    private HistoryBudget(RunningReplicas replicas, IntUnaryOperator roomOfEach) {
        this.replicas = replicas;
        this.roomOfEach = roomOfEach;
    }

    /** Creates histories that keep points. */
    public static HistoryBudget recorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, HistoryBudget::roomOfEach);
    }

    /** Creates histories without points. */
    public static HistoryBudget unrecorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, _ -> 0);
    }

    /**
     * An empty history.
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
