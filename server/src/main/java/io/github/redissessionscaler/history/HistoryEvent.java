package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** A change of a trigger. */
public sealed interface HistoryEvent {

    /** When it was noticed. */
    Instant at();

    /**
     * Another number of replicas.
     *
     * @param presumed whether the numbers are estimates
     * @param sessions the count; empty if there was none
     */
    record ReplicasChanged(Instant at, long from, long to, boolean presumed, OptionalDouble sessions)
            implements HistoryEvent {}

    /**
     * The report has another basis.
     *
     * @param value the reported value; empty for an error
     * @param reason why Redis is unavailable; empty if it is available
     */
    record BasisChanged(Instant at, TriggerReport.Basis to, OptionalDouble value, Optional<String> reason)
            implements HistoryEvent {}
}
