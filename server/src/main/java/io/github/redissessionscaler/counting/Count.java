package io.github.redissessionscaler.counting;

import java.time.Instant;

/**
 * How many there are.
 *
 * @param value not negative
 * @param standardError of the value, in the same unit; 0 for an exact count
 * @param asOf when Redis was read
 */
public record Count(double value, double standardError, Instant asOf) {

    public static Count exact(double value, Instant asOf) {
        return new Count(value, 0, asOf);
    }
}
