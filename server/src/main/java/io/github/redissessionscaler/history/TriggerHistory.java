package io.github.redissessionscaler.history;

import io.github.redissessionscaler.keda.ReplicaForecast;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What one trigger was answered, what the HPA makes of it, and both over the last hours. Thread-safe.
 *
 * <p>Where nobody tells how many replicas run, they are presumed: those that an HPA with its defaults would have made of the
 * answers so far if this were its only trigger; at least one, and without minimum, maximum and windows.
 */
public final class TriggerHistory {

    /**
     * The replicas of an application.
     *
     * @param presumed whether the number is an estimate, and was not observed
     */
    public record ReplicaCount(long replicas, boolean presumed) {}

    private final Supplier<OptionalLong> running;
    private final IntSupplier room;
    private final Timeline timeline = new Timeline();
    private long presumed = 1;

    TriggerHistory(Supplier<OptionalLong> running, IntSupplier room) {
        this.running = running;
        this.room = room;
    }

    /**
     * Something was reported as the value of the metric. An error changes no replicas.
     *
     * @param sessions that were counted for it; empty when Redis gave no number
     * @param current target, sessions per replica
     */
    public synchronized void record(TriggerReport report, OptionalDouble sessions, double current, Instant now) {
        if (!report.isError() && report.value().isPresent()) {
            presumed = ReplicaForecast.of(
                            report.value().getAsDouble(),
                            report.target(),
                            replicaCount().replicas())
                    .wanted();
        }
        double capacity = (double) replicaCount().replicas() * current;
        timeline.add(new HistoryPoint(now, sessions, capacity, sessions.isEmpty()), room.getAsInt());
    }

    /** The replicas now. */
    public synchronized ReplicaCount replicaCount() {
        OptionalLong known = running.get();
        return new ReplicaCount(known.orElse(presumed), known.isEmpty());
    }

    /**
     * What was recorded, in the order of time.
     *
     * @param from the earliest time that is wanted
     * @param most how many points are wanted, about; of those near each other the one with the most sessions is taken
     */
    public synchronized List<HistoryPoint> points(Instant from, Instant now, int most) {
        return timeline.since(from, now, most);
    }
}
