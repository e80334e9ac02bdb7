package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count;
import java.time.Instant;

/**
 * Removes the noise of sampling from an estimate. The value stays until a newer estimate contradicts it or is much more
 * precise, but not beyond the minute in which it was set: the first estimate of each minute is reported, rounded. So the value
 * depends on the samples of the last minutes alone, and all replicas of the scaler that draw the same samples report the same.
 * While the true number is constant, contradictions are very rare for any share of matching keys; see docs/counting.md.
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
    private long minuteThen = Long.MIN_VALUE;

    /** Standard error of the value when it was set. */
    private double standardErrorThen = Double.POSITIVE_INFINITY;

    /**
     * Adds the newest estimate; returns the value to report, with a standard error that includes the distance to the
     * newest.
     *
     * @param minute number of the minute of the newest estimate
     */
    Count update(double newest, double standardError, long minute, Instant asOf) {
        boolean isFirst = minuteThen == Long.MIN_VALUE;
        if (!isFirst && minute != minuteThen && standardError <= PRECISE * newest) {
            set(rounded(newest, standardError), standardError, minute);
        } else if (isFirst || isMuchBetter(newest, standardError) || contradicts(newest, standardError)) {
            set(newest, standardError, minute);
        }
        return Count.estimate(value, Math.hypot(standardError, newest - value), asOf);
    }

    private void set(double newest, double standardError, long minute) {
        value = newest;
        standardErrorThen = standardError;
        minuteThen = minute;
    }

    /** To a multiple of a power of two between one and two standard errors, so that a constant number has few values. */
    private static double rounded(double newest, double standardError) {
        if (standardError == 0) {
            return newest;
        }
        double unit = Math.scalb(1.0, Math.getExponent(2 * standardError));
        return Math.rint(newest / unit) * unit;
    }

    private boolean isMuchBetter(double newest, double standardError) {
        if (standardErrorThen <= PRECISE * value) {
            return false;
        }
        // Scaled to the reported value, because a value that is smaller by chance has a smaller standard error.
        double unit = unit(newest, standardError);
        return Math.sqrt(unit * (value + unit)) < MUCH_BETTER * standardErrorThen;
    }

    /** Uses a likelihood ratio, which is also valid for few matching keys. A number without an error, as of no keys, is exact. */
    private boolean contradicts(double newest, double standardError) {
        if (standardErrorThen == 0 || standardError == 0) {
            return newest != value;
        }
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
