package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Progress of a running scan.
 *
 * @param keysSeen so far, on all primaries
 * @param keysExpected approximate number of all keys
 */
public record ScanProgress(long keysSeen, long keysExpected, Instant since) {

    /** Part of the keys that must have been seen, one in so many. */
    private static final long FIRST_PART = 100;

    /** How long the whole scan takes at the pace so far, about; empty until it has seen a hundredth of the keys. */
    public Optional<Duration> wholeDuration(Instant now) {
        if (keysSeen <= 0 || keysSeen < keysExpected / FIRST_PART) {
            return Optional.empty();
        }
        double times = Math.max(1, (double) keysExpected / (double) keysSeen);
        return Optional.of(Duration.ofMillis(
                Math.round(times * (double) Duration.between(since, now).toMillis())));
    }
}
