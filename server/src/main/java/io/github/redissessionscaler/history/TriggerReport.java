package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What was last reported to KEDA about a trigger. The evaluation writes it once for each call; the status page, the metrics and
 * the history read it.
 *
 * <p>An error changes nothing but the basis: value, activity and time stay those of the report before it, by which the HPA goes on.
 *
 * <p>Each trigger keeps one, so it holds numbers instead of objects.
 *
 * @param valueOrNaN the value of the metric; NaN before the first one
 * @param target of the metric, by which the HPA divides the value
 * @param atMillis when value and activity were reported, in milliseconds since 1970
 */
public record TriggerReport(Basis basis, double valueOrNaN, double target, boolean active, long atMillis) {

    /** What is reported. */
    public enum Basis {
        /** What was read from Redis. */
        MEASURED,
        /** The last value, since Redis is unavailable. */
        HELD,
        /** Inactive and 0, since Redis is unavailable. */
        MINIMUM,
        /** An error. */
        ERROR
    }

    public TriggerReport(Basis basis, OptionalDouble value, double target, boolean active, Instant at) {
        this(basis, value.orElse(Double.NaN), target, active, at.toEpochMilli());
    }

    /** The value of the metric; empty before the first one. */
    public OptionalDouble value() {
        return Double.isNaN(valueOrNaN) ? OptionalDouble.empty() : OptionalDouble.of(valueOrNaN);
    }

    /** When value and activity were reported, to the millisecond. */
    public Instant at() {
        return Instant.ofEpochMilli(atMillis);
    }

    /** An error after this report, if there was one. */
    public static TriggerReport error(Optional<TriggerReport> before, double target, Instant now) {
        return before.map(report -> new TriggerReport(
                        Basis.ERROR, report.valueOrNaN, report.target, report.active, report.atMillis))
                .orElseGet(() -> new TriggerReport(Basis.ERROR, OptionalDouble.empty(), target, false, now));
    }

    /** Whether KEDA got an error, and neither a value nor an activity. */
    public boolean isError() {
        return basis == Basis.ERROR;
    }
}
