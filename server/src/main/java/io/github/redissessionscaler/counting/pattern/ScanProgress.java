package io.github.redissessionscaler.counting.pattern;

import java.time.Instant;

/**
 * How far a running scan of a database is.
 *
 * @param keysSeen so far, on all primaries
 * @param keysExpected about how many there are in all
 */
public record ScanProgress(long keysSeen, long keysExpected, Instant since) {}
