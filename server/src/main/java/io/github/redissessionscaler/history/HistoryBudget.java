package io.github.redissessionscaler.history;

import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/** Creates the histories of triggers within one memory limit: the more triggers, the fewer points each has. Thread-safe. */
public final class HistoryBudget {

    /** Points of all triggers together, 2.6 MiB. */
    private static final int POINTS = 1 << 17;

    /** Events of all triggers together, about 2 MiB. */
    private static final int EVENTS = 1 << 15;

    /** Most events of one trigger. */
    private static final int MOST_EVENTS = 100;

    /** Fewest events of one trigger, however many triggers there are. */
    private static final int LEAST_EVENTS = 3;

    /** Most points of one trigger: a few days at the resolution of a plot. */
    private static final int MOST = 2048;

    /** Fewest points of one trigger, however many triggers there are. */
    private static final int LEAST = 12;

    private final RunningReplicas replicas;
    private final IntUnaryOperator roomOfEach;
    private final IntUnaryOperator eventsOfEach;

    private HistoryBudget(RunningReplicas replicas, IntUnaryOperator roomOfEach, IntUnaryOperator eventsOfEach) {
        this.replicas = replicas;
        this.roomOfEach = roomOfEach;
        this.eventsOfEach = eventsOfEach;
    }

    /** Creates histories that keep points. */
    public static HistoryBudget recorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, HistoryBudget::roomOfEach, HistoryBudget::eventsOfEach);
    }

    /** Creates histories without points. */
    public static HistoryBudget unrecorded(RunningReplicas replicas) {
        return new HistoryBudget(replicas, _ -> 0, _ -> 0);
    }

    /**
     * An empty history.
     *
     * @param triggers how many there are
     */
    public TriggerHistory begin(String namespace, String scaledObject, IntSupplier triggers) {
        return new TriggerHistory(() -> replicas.running(namespace, scaledObject), this, triggers);
    }

    /** Most points of one of so many triggers. */
    int points(int triggers) {
        return roomOfEach.applyAsInt(triggers);
    }

    /** Most events of one of so many triggers. */
    int events(int triggers) {
        return eventsOfEach.applyAsInt(triggers);
    }

    static int roomOfEach(int triggers) {
        return Math.clamp(POINTS / Math.max(1, triggers), LEAST, MOST);
    }

    static int eventsOfEach(int triggers) {
        return Math.clamp(EVENTS / Math.max(1, triggers), LEAST_EVENTS, MOST_EVENTS);
    }
}
