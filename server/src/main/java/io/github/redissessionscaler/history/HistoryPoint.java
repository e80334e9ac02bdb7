package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * The values of a trigger from this time until the next point.
 *
 * @param sessions the highest count; empty if there was none
 * @param value the reported value of the metric; empty for an error
 * @param replicas that run, or an estimate
 * @param capacity sessions that the replicas could serve: replicas times target
 * @param basis of the report; of several reports, the worst
 */
public record HistoryPoint(
        Instant at,
        OptionalDouble sessions,
        OptionalDouble value,
        long replicas,
        double capacity,
        TriggerReport.Basis basis) {

    /** Whether Redis was unavailable at some time. */
    public boolean outage() {
        return basis != TriggerReport.Basis.MEASURED;
    }
}
