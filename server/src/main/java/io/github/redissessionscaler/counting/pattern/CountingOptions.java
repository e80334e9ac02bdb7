package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;

/**
 * Limits on the cost of counting by pattern.
 *
 * @param refresh pause between two full scans
 * @param idle time without a call after which background counting ends
 * @param firstCount longest time that a call waits for the first count
 * @param scanShare largest share of each server's time for scans, above 0 and up to 1
 * @param sampleShare likewise for sampling
 * @param smallestPage COUNT of a scan's pages while they are slow
 * @param largestPage COUNT of a scan's pages while they are fast
 */
public record CountingOptions(
        Duration refresh,
        Duration idle,
        Duration firstCount,
        double scanShare,
        double sampleShare,
        int smallestPage,
        int largestPage) {

    /** Default limit on the patterns of one database. */
    public static final int PATTERNS = 200;

    public static final CountingOptions DEFAULT = new CountingOptions(
            Duration.ofSeconds(10), Duration.ofMinutes(3), Duration.ofSeconds(30), 0.1, 0.002, 100, 1000);

    /** With another frequency and cost of exact counts. */
    public CountingOptions withScans(Duration everyRefresh, double share) {
        return new CountingOptions(everyRefresh, idle, firstCount, share, sampleShare, smallestPage, largestPage);
    }

    /** With another time that a call waits for the first count. */
    public CountingOptions withFirstCount(Duration longest) {
        return new CountingOptions(refresh, idle, longest, scanShare, sampleShare, smallestPage, largestPage);
    }

    public CountingOptions {
        if (!(scanShare > 0 && scanShare <= 1 && sampleShare > 0 && sampleShare <= 1)) {
            throw new IllegalArgumentException("a share of time must be above 0 and at most 1");
        }
        if (smallestPage < 1 || largestPage < smallestPage) {
            throw new IllegalArgumentException(
                    "pages must have at least one key, and the largest must not be below the smallest");
        }
    }
}
