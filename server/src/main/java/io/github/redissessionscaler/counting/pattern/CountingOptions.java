package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;

/**
 * How much counting by pattern may cost.
 *
 * @param refresh how long after a whole scan the next begins
 * @param idle how long after the last request the counting in the background ends
 * @param firstCount how long a request waits for the first count, at most
 * @param scanShare how much of each server's time a scan may take, above 0 and up to 1
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

    /** How many patterns are counted in one database, unless somebody says otherwise. */
    public static final int PATTERNS = 200;

    public static final CountingOptions DEFAULT = new CountingOptions(
            Duration.ofSeconds(10), Duration.ofMinutes(3), Duration.ofSeconds(30), 0.1, 0.002, 100, 1000);

    /** The same with another pace of exact counts. */
    public CountingOptions withScans(Duration everyRefresh, double share) {
        return new CountingOptions(everyRefresh, idle, firstCount, share, sampleShare, smallestPage, largestPage);
    }

    /** The same with another time that a request waits for the first count, at most. */
    public CountingOptions withFirstCount(Duration longest) {
        return new CountingOptions(refresh, idle, longest, scanShare, sampleShare, smallestPage, largestPage);
    }

    public CountingOptions {
        if (!(scanShare > 0 && scanShare <= 1 && sampleShare > 0 && sampleShare <= 1)) {
            throw new IllegalArgumentException("a share of time is above 0 and up to 1");
        }
        if (smallestPage < 1 || largestPage < smallestPage) {
            throw new IllegalArgumentException("pages have at least one key, and the largest is not the smaller one");
        }
    }
}
