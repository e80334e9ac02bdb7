package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.util.Optional;

/** Which keys count: {@link MatchingKeys} without its accuracy, so that equal filters are counted once. */
public record KeyFilter(Glob pattern, Optional<Glob> exclude, Optional<KeyType> type, Duration minTtl) {

    /** The reply of PTTL for a key without TTL. */
    private static final long FOREVER = -1;

    public static KeyFilter of(MatchingKeys query) {
        return new KeyFilter(Glob.of(query.pattern()), query.exclude().map(Glob::of), query.type(), query.minTtl());
    }

    public boolean matchesName(byte[] key) {
        return pattern.matches(key) && (exclude.isEmpty() || !exclude.get().matches(key));
    }

    boolean asksForTtl() {
        return minTtl.isPositive();
    }

    /** Whether a key with this PTTL lives long enough; a missing one (-2) does not. */
    boolean livesLongEnough(long millis) {
        return millis == FOREVER || millis > minTtl.toMillis();
    }
}
