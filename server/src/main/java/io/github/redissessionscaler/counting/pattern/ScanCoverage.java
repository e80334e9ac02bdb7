package io.github.redissessionscaler.counting.pattern;

import java.util.Optional;

/**
 * Compares the number of keys returned by a full scan of a primary with its DBSIZE. Keys may change during the scan, DBSIZE
 * includes expired keys, and the number of different keys is an estimate: only a difference beyond that is reported.
 */
final class ScanCoverage {

    /** Share of the keys that a scan may miss or return in excess. */
    private static final double TOLERANCE = 0.25;

    /** Number of keys below which a difference is ignored. */
    private static final double FEW = 10;

    private ScanCoverage() {}

    /**
     * A sentence for an operator if the numbers contradict each other. The percentage is rounded, so that the sentence is
     * stable.
     *
     * @param shard host and port
     * @param returned estimated number of different keys returned by the scan
     * @param before DBSIZE when the scan started
     * @param after DBSIZE when it ended
     */
    static Optional<String> doubt(String shard, double returned, long before, long after) {
        double fewest = Math.min(before, after);
        double most = Math.max(before, after);
        if (returned + FEW < (1 - TOLERANCE) * fewest) {
            return Optional.of(
                    ("SCAN of %s returned about %d %% of the keys that DBSIZE counts, so counts by pattern are"
                        + " probably too low: a proxy or the server ends SCAN early, or DBSIZE is wrong; connect to"
                        + " the servers themselves (a cluster as a cluster), or count by another method")
                            .formatted(shard, tens(returned / fewest)));
        }
        // DBSIZE of 0 has a warning of its own, see LayoutCheck.
        if (most > 0 && returned - FEW > (1 + TOLERANCE) * most) {
            return Optional.of(
                    ("SCAN of %s returned about %d %% of the keys that DBSIZE counts: one of the two is wrong, so"
                        + " counts of all keys and estimates may be too low, or counts by pattern too high; compare"
                        + " them with redis-cli --scan and redis-cli dbsize")
                            .formatted(shard, tens(returned / most)));
        }
        return Optional.empty();
    }

    /** Percentage, rounded to tens. */
    private static long tens(double part) {
        return 10 * Math.round(10 * part);
    }
}
