package io.github.redissessionscaler.counting;

import java.time.Instant;

/**
 * A count of sessions.
 *
 * @param value not negative
 * @param standardError of the value, in the same unit; 0 unless it is an estimate
 * @param asOf when Redis was read
 */
public record Count(double value, double standardError, Instant asOf, Method method) {

    /** The method of a count. */
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

    public static Count estimate(double value, double standardError, Instant asOf) {
        return new Count(value, standardError, asOf, Method.ESTIMATE);
    }
}
