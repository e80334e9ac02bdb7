package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.DecisionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of a setup.
 *
 * @param atFirst replicas at the start: as many as the sessions needed
 * @param changes of the number of replicas, in order
 * @param serving how many took sessions since when, in order
 * @param overloads when there were more sessions than the replicas that took sessions could take, in order
 * @param worst the moment with the most sessions too many
 * @param replicaTime added up over all replicas, those that start included
 */
public record Outcome(
        Scenario setup,
        long atFirst,
        List<ReplicaChange> changes,
        List<Serving> serving,
        List<Span> overloads,
        Optional<Worst> worst,
        Duration replicaTime) {

    /** From now on there are so many replicas. */
    public record ReplicaChange(Instant at, long before, long replicas, DecisionReason why) {}

    /** From now on so many replicas take sessions. */
    public record Serving(Instant since, long replicas) {}

    /** So many sessions, more than so many replicas can take by {@code tooMany}. */
    public record Worst(Instant at, double sessions, long replicas, double tooMany) {}

    /** Copies the lists. */
    public Outcome {
        changes = List.copyOf(changes);
        serving = List.copyOf(serving);
        overloads = List.copyOf(overloads);
    }

    /** How long there were too many sessions. */
    public Duration overloaded() {
        return overloads.stream().map(Span::length).reduce(Duration.ZERO, Duration::plus);
    }

    /** The most replicas at any time. */
    public long peak() {
        return changes.stream().mapToLong(ReplicaChange::replicas).reduce(atFirst, Math::max);
    }
}
