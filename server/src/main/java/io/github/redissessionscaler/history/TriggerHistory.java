package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The reports of one trigger over the last hours, and the replicas that the HPA makes of them. Thread-safe.
 *
 * <p>If the number of replicas is unknown, it is presumed: what an HPA with its defaults would have made of the reports so far if
 * this were its only trigger; at least one, and without maximum and scaling policies.
 */
public final class TriggerHistory {

    /**
     * The replicas of an application.
     *
     * @param presumed whether the number is an estimate, and was not observed
     */
    public record ReplicaCount(long replicas, boolean presumed) {}

    /** When the stabilization window of the HPA ends, and the replicas that it wants then. */
    public record ScaleIn(Instant at, long replicas) {}

    private final Supplier<OptionalLong> running;
    private final HistoryBudget budget;
    private final IntSupplier triggers;
    private final Timeline timeline = new Timeline();
    private final PresumedReplicas presumed = new PresumedReplicas();
    private final Deque<HistoryEvent> changes = new ArrayDeque<>(1);
    private TriggerReport.Basis lastBasis = TriggerReport.Basis.MEASURED;
    private long lastReplicas = -1;

    /** An estimate and an observed number are not compared. */
    private boolean lastPresumed = true;

    /**
     * An empty history.
     *
     * @param running replicas of the application, if known
     * @param budget how much to keep
     * @param triggers how many there are
     */
    TriggerHistory(Supplier<OptionalLong> running, HistoryBudget budget, IntSupplier triggers) {
        this.running = running;
        this.budget = budget;
        this.triggers = triggers;
    }

    /**
     * Something was reported as the value of the metric. An error changes no replicas.
     *
     * @param sessions that were counted for it; empty when Redis gave no number
     * @param current target, sessions per replica
     * @param outage why Redis is unavailable, if it is
     */
    public synchronized void record(
            TriggerReport report, OptionalDouble sessions, double current, Optional<String> outage, Instant now) {
        OptionalDouble value = report.isError() ? OptionalDouble.empty() : report.value();
        value.ifPresent(
                reported -> presumed.reported(report, reported, replicaCount().replicas(), now));
        ReplicaCount count = replicaCount();
        changed(report, value, sessions, outage, count, now);
        timeline.add(
                new HistoryPoint(
                        now, sessions, value, count.replicas(), (double) count.replicas() * current, report.basis()),
                budget.points(triggers.getAsInt()));
    }

    private void changed(
            TriggerReport report,
            OptionalDouble value,
            OptionalDouble sessions,
            Optional<String> outage,
            ReplicaCount count,
            Instant now) {
        if (report.basis() != lastBasis) {
            add(new HistoryEvent.BasisChanged(now, report.basis(), value, outage));
            lastBasis = report.basis();
        }
        if (lastReplicas >= 0 && lastReplicas != count.replicas() && lastPresumed == count.presumed()) {
            add(new HistoryEvent.ReplicasChanged(now, lastReplicas, count.replicas(), count.presumed(), sessions));
        }
        lastReplicas = count.replicas();
        lastPresumed = count.presumed();
    }

    private void add(HistoryEvent event) {
        int room = budget.events(triggers.getAsInt());
        while (!changes.isEmpty() && changes.size() >= room) {
            changes.removeFirst();
        }
        if (room > 0) {
            changes.add(event);
        }
    }

    /** The replicas now. */
    public synchronized ReplicaCount replicaCount() {
        OptionalLong known = running.get();
        return new ReplicaCount(known.orElseGet(presumed::replicas), known.isEmpty());
    }

    /** The next scale-in by the default stabilization window of the HPA, if the reports stay as they are. */
    public synchronized Optional<ScaleIn> scaleIn() {
        return presumed.next();
    }

    /** The last of the scale-ins that are due, if the reports stay as they are. */
    public synchronized Optional<ScaleIn> lastScaleIn() {
        return presumed.last();
    }

    /** The last changes, the latest first. */
    public synchronized List<HistoryEvent> events() {
        return List.copyOf(changes).reversed();
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
