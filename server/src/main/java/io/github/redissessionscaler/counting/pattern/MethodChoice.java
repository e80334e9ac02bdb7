package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Accuracy;

/**
 * Chooses between an exact count and an estimate. A later choice tolerates twice the cost before it leaves exact counts, so
 * that a database near the limit does not alternate.
 */
final class MethodChoice {

    /** A database with fewer keys is not sampled: that would visit most of them. */
    static final long FEW_KEYS = 8192;

    /** Share of a server's time up to which an exact count is cheap. */
    private static final double CHEAP_SHARE = 0.01;

    private static final double TOLERANCE = 2;

    private final double cheapNanos;

    MethodChoice(CountingOptions options) {
        cheapNanos = CHEAP_SHARE * options.refresh().toNanos();
    }

    /** The method for a new entry. */
    Method choose(Accuracy accuracy, long keys, double serverNanosPerKey) {
        return choose(accuracy, keys, serverNanosPerKey, 1);
    }

    /** The method for an entry with a previous method. */
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
