package io.github.redissessionscaler.counting;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A count of sessions.
 *
 * @param value not negative
 * @param standardError of the value, in the same unit; 0 unless it is an estimate
 * @param asOf when Redis was read
 */
public record Count(double value, double standardError, Instant asOf, Method method) {

    /** The method of a count, the most accurate first. */
    public enum Method {
        /** A number stored by Redis: DBSIZE, a length, a stored number. */
        INDEX,
        /** Every key was visited. */
        EXACT,
        /** Some keys were visited. */
        ESTIMATE
    }

    public static Count index(double value, Instant asOf) {
        return new Count(value, 0, asOf, Method.INDEX);
    }

    public static Count exact(double value, Instant asOf) {
        return new Count(value, 0, asOf, Method.EXACT);
    }

    /** The sum of counts: as old as the oldest, and made by the least accurate method. */
    public static Count sum(List<Count> counts) {
        double value = 0;
        double variance = 0;
        for (Count count : counts) {
            value += count.value;
            variance += count.standardError * count.standardError;
        }
        return new Count(
                value,
                Math.sqrt(variance),
                counts.stream().map(Count::asOf).min(Comparator.naturalOrder()).orElseThrow(),
                counts.stream()
                        .map(Count::method)
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
    }

    public static Count estimate(double value, double standardError, Instant asOf) {
        return new Count(value, standardError, asOf, Method.ESTIMATE);
    }
}
