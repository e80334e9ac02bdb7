package io.github.redissessionscaler.counting.pattern;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.Estimates.Estimate;
import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PatternEntryTest {

    private static final Instant LATER = Instant.EPOCH.plus(Duration.ofDays(2));

    private static final Estimate REFUSED =
            new Estimate(0, 0, 1, false, Optional.of(new KeyspaceException(Reason.NOPERM, "as the test wants it")));

    private final MethodChoice choice = new MethodChoice(CountingOptions.DEFAULT);
    private final PatternEntry entry = new PatternEntry(MatchingKeys.of("sess:*"), Instant.EPOCH);

    @BeforeEach
    void countsFewKeysExactlyAndThenEstimatesMany() {
        entry.choose(choice, 100, KeyCosts.TYPICAL);
        entry.scanned(MatchSum.NONE, Instant.EPOCH);
        entry.choose(choice, 1_000_000_000, KeyCosts.TYPICAL);
        assertThat(requireNonNull(entry.best()).method()).isEqualTo(Count.Method.EXACT);
    }

    @Test
    void anExactCountDoesNotReturnAfterARefusalOfEstimates() {
        entry.sampled(estimate(false), Instant.EPOCH);
        assertThat(requireNonNull(entry.best()).method()).isEqualTo(Count.Method.ESTIMATE);

        entry.sampled(REFUSED, LATER);
        entry.sampled(estimate(true), LATER);

        assertThat(entry.best()).isNull();
    }

    @Test
    void anExactCountDoesNotReturnAfterTheFirstSampleIsRefused() {
        entry.sampled(REFUSED, LATER);
        entry.sampled(estimate(true), LATER);

        assertThat(entry.best()).isNull();
    }

    @Test
    void anExactCountDoesNotReturnWhenEstimatesBecomeOld() {
        entry.sampled(estimate(false), Instant.EPOCH);

        entry.forgetOldEstimate(LATER);

        assertThat(entry.best()).isNull();
    }

    private static Estimate estimate(boolean early) {
        return new Estimate(1_000, 10, 1, early, Optional.empty());
    }
}
