package io.github.redissessionscaler.counting.pattern;

import java.time.Instant;

/**
 * Progress of a running scan.
 *
 * @param keysSeen so far, on all primaries
 * @param keysExpected approximate number of all keys
 */
public record ScanProgress(long keysSeen, long keysExpected, Instant since) {}
