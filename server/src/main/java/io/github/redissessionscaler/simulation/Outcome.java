package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of a setup.
 *
 * @param atFirst instances at the start: as many as the sessions needed
 * @param changes of the number of instances, in order
 * @param serving how many took sessions since when, in order
 * @param overloads when there were more sessions than the instances that took sessions could take, in order
 * @param worst the moment with the most sessions too many
 * @param instanceTime added up over all instances, those that start included
 */
public record Outcome(
        Setup setup,
        long atFirst,
        List<Change> changes,
        List<Serving> serving,
        List<Span> overloads,
        Optional<Worst> worst,
        Duration instanceTime) {

    /** From now on there are so many instances. */
    public record Change(Instant at, long before, long instances, Reason why) {}

    /** From now on so many instances take sessions. */
    public record Serving(Instant since, long instances) {}

    /** So many sessions, more than so many instances can take by {@code tooMany}. */
    public record Worst(Instant at, double sessions, long instances, double tooMany) {}

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

    /** The most instances at any time. */
    public long peak() {
        return changes.stream().mapToLong(Change::instances).reduce(atFirst, Math::max);
    }
}
