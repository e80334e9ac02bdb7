package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count;
import java.time.Instant;

/**
 * An estimate without the noise of its samples. The value stays until a newer estimate contradicts it, or is much more precise.
 * While the true number stays the same, contradictions are so rare that none is to be expected, whatever part of the keys matches;
 * docs/counting.md has the figures.
 *
 * <p>Not for use by several threads.
 */
final class StableEstimate {

    /**
     * How many standard errors of their difference an estimate must be away from the reported one to contradict it. An estimate may
     * be of a few seconds, and is tested four times a second: with 5.5, one of 20 days has a change that is none.
     */
    static final double CONTRADICTION = 6;

    /** To what part of itself the standard error must have shrunk for a more precise value to be reported. */
    static final double MUCH_BETTER = 0.6;

    /** A value with a smaller relative standard error is precise enough, and changes only if it is contradicted. */
    static final double PRECISE = 0.01;

    private double value;

    /** Of the value, when it was set. */
    private double standardErrorThen = Double.POSITIVE_INFINITY;

    /** Takes the newest estimate; returns what to report, with a standard error that covers the distance between the two. */
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
        // As if the same samples had found the reported value: by chance, a smaller one has a smaller standard error.
        double unit = unit(newest, standardError);
        return Math.sqrt(unit * (value + unit)) < MUCH_BETTER * standardErrorThen;
    }

    /** A likelihood ratio, which is right for a few matching keys too, where a standard error is not. */
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
     * How many sessions each matching key of the samples stands for, about, given that n such keys have a standard error of the
     * square root of n + 1.
     */
    private static double unit(double value, double standardError) {
        return (Math.sqrt(value * value + 4 * standardError * standardError) - value) / 2;
    }
}
