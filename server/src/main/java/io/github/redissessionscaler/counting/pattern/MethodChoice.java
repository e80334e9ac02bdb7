package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Accuracy;

/**
 * Chooses between an exact count and an estimate. Where the choice has been made once, twice the cost is tolerated before an
 * exact count gives way, so that a database around the limit does not change its method with each count.
 */
final class MethodChoice {

    /** A database of so few keys is not sampled: that would visit most of them. */
    static final long FEW_KEYS = 8192;

    /** How much of a server's time an exact count may take to be called cheap. */
    private static final double CHEAP_SHARE = 0.01;

    private static final double TOLERANCE = 2;

    private final double cheapNanos;

    MethodChoice(CountingOptions options) {
        cheapNanos = CHEAP_SHARE * options.refresh().toNanos();
    }

    /** The method for an entry that has none yet. */
    Method choose(Accuracy accuracy, long keys, double serverNanosPerKey) {
        return choose(accuracy, keys, serverNanosPerKey, 1);
    }

    /** The method for an entry that was counted by this one before. */
    Method choose(Accuracy accuracy, long keys, double serverNanosPerKey, Method before) {
        return choose(accuracy, keys, serverNanosPerKey, before == Method.EXACT ? TOLERANCE : 1);
    }

    private Method choose(Accuracy accuracy, long keys, double serverNanosPerKey, double tolerance) {
        boolean exact = keys <= tolerance * FEW_KEYS
                || switch (accuracy) {
                    case EXACT -> true;
                    case ESTIMATE -> false;
                    case AUTO -> keys * serverNanosPerKey <= tolerance * cheapNanos;
                };
        return exact ? Method.EXACT : Method.ESTIMATE;
    }
}
