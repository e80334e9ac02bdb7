package io.github.redissessionscaler.counting;

import java.time.Instant;

/**
 * An estimate without the noise of its samples: the value stays until it is contradicted, or known much better.
 *
 * <p>Not for use by several threads.
 */
final class CalmEstimate {

    /** How many standard errors away a new estimate must be to be believed. */
    static final double CONTRADICTION = 3;

    /** By how much the standard error must have become smaller. */
    private static final double MUCH_BETTER = 0.8;

    private double value;
    private double standardErrorThen = Double.POSITIVE_INFINITY;

    /** Takes the newest estimate; returns what to report, with a standard error that covers the holding. */
    Count update(double newest, double standardError, Instant asOf) {
        double apart = Math.abs(newest - value);
        if (standardError < MUCH_BETTER * standardErrorThen || apart > CONTRADICTION * standardError) {
            value = newest;
            standardErrorThen = standardError;
            apart = 0;
        }
        return Count.estimate(value, Math.hypot(standardError, apart), asOf);
    }
}
