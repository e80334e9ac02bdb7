package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count;
import java.time.Instant;

/**
 * Removes the noise of sampling from an estimate. The value stays until a newer estimate contradicts it or is much more
 * precise. While the true number is constant, contradictions are very rare for any share of matching keys; see
 * docs/counting.md.
 *
 * <p>Not thread-safe.
 */
final class StableEstimate {

    /**
     * Distance to the reported value, in standard errors of the difference, at which an estimate contradicts it. An
     * estimate may span a few seconds only, and is tested four times a second: with 5.5, there would be a false change
     * every 20 days.
     */
    static final double CONTRADICTION = 6;

    /** Ratio of the standard errors below which a more precise value is reported. */
    static final double MUCH_BETTER = 0.6;

    /** Relative standard error below which a value changes only if it is contradicted. */
    static final double PRECISE = 0.01;

    private double value;

    /** Standard error of the value when it was set. */
    private double standardErrorThen = Double.POSITIVE_INFINITY;

    /**
     * Adds the newest estimate; returns the value to report, with a standard error that includes the distance to the
     * newest.
     */
    Count update(double newest, double standardError, Instant asOf) {
        if (isMuchBetter(newest, standardError) || contradicts(newest, standardError)) {
            value = newest;
            standardErrorThen = standardError;
        }
        return Count.estimate(value, Math.hypot(standardError, newest - value), asOf);
    }

    private boolean isMuchBetter(double newest, double standardError) {
        if (standardErrorThen <= PRECISE * value) {
            return false;
        }
        // Scaled to the reported value, because a value that is smaller by chance has a smaller standard error.
        double unit = unit(newest, standardError);
        return Math.sqrt(unit * (value + unit)) < MUCH_BETTER * standardErrorThen;
    }

    /** Uses a likelihood ratio, which is also valid for few matching keys. */
    private boolean contradicts(double newest, double standardError) {
        double reported = 1 / unit(value, standardErrorThen);
        double sampled = 1 / unit(newest, standardError);
        double common = (value * reported + newest * sampled) / (reported + sampled);
        double deviance = 2 * (reported * surprise(value, common) + sampled * surprise(newest, common));
        return deviance > CONTRADICTION * CONTRADICTION;
    }

    private static double surprise(double seen, double expected) {
        return seen == 0 ? expected : seen * Math.log(seen / expected) - seen + expected;
    }

    /**
     * Approximate number of sessions per sampled matching key, given that n such keys have a standard error of the square
     * root of n + 1.
     */
    private static double unit(double value, double standardError) {
        return (Math.sqrt(value * value + 4 * standardError * standardError) - value) / 2;
    }
}
