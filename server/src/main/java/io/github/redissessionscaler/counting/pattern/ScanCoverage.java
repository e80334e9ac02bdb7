package io.github.redissessionscaler.counting.pattern;

import java.util.Optional;

/**
 * Compares the keys that a whole scan of a primary has returned with its DBSIZE. The keys may change during the scan, DBSIZE
 * counts expired keys that a replica still holds, and the number of different keys is an estimate: only a difference that none of
 * this explains is reported.
 */
final class ScanCoverage {

    /** The part of the keys that a scan may miss, and that it may return in excess. */
    private static final double TOLERANCE = 0.25;

    /** So few keys more or less are no difference. */
    private static final double FEW = 10;

    private ScanCoverage() {}

    /**
     * A sentence for an operator if the numbers do not fit together. It names only a rounded part, so that it stays the same from
     * scan to scan.
     *
     * @param shard host and port
     * @param returned about how many different keys the scan returned
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

    /** Per cent, rounded to tens. */
    private static long tens(double part) {
        return 10 * Math.round(10 * part);
    }
}
