package io.github.redissessionscaler.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OutagePolicyTest {

    private static final Instant READ = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant BEGAN = READ.plus(Duration.ofMinutes(10));
    private static final Optional<Timestamped<Integer>> SEVEN = Optional.of(new Timestamped<>(7, READ));
    private static final UnavailablePolicy MINIMUM = new UnavailablePolicy.Minimum();
    private static final UnavailablePolicy HOLD = new UnavailablePolicy.Hold(Duration.ofMinutes(5));
    private static final UnavailablePolicy FAIL = new UnavailablePolicy.Fail();

    @Test
    void holdReportsTheLastValueForItsTimeAndThenTheMinimum() {
        assertThat(decisionAfter(Duration.ofMinutes(5).minusMillis(1), Duration.ZERO, HOLD))
                .isEqualTo(held());
        assertThat(decisionAfter(Duration.ofMinutes(5), Duration.ZERO, HOLD))
                .isEqualTo(new OutageDecision.ReportMinimum<>());
    }

    @Test
    void withoutGraceTheMinimumTakesEffectImmediately() {
        assertThat(decisionAfter(Duration.ofMillis(1), Duration.ZERO, MINIMUM))
                .isEqualTo(new OutageDecision.ReportMinimum<>());
    }

    @Test
    void graceReportsTheLastValueBeforeTheMinimum() {
        Duration grace = Duration.ofSeconds(30);

        assertThat(decisionAfter(Duration.ofMillis(29_999), grace, MINIMUM)).isEqualTo(held());
        assertThat(decisionAfter(grace, grace, MINIMUM)).isEqualTo(new OutageDecision.ReportMinimum<>());
    }

    @Test
    void graceChangesNeitherHoldNorError() {
        Duration grace = Duration.ofHours(1);

        assertThat(decisionAfter(Duration.ofMinutes(6), grace, HOLD)).isEqualTo(new OutageDecision.ReportMinimum<>());
        assertThat(decisionAfter(Duration.ofMillis(1), grace, FAIL)).isEqualTo(new OutageDecision.ReportError<>());
    }

    @Test
    void reportsNoLastValueIfThereIsNone() {
        var rules = new OutagePolicy(() -> Duration.ofHours(1), () -> READ);

        assertThat(rules.decide(HOLD, Optional.empty(), BEGAN)).isEqualTo(new OutageDecision.ReportMinimum<>());
        assertThat(rules.decide(MINIMUM, Optional.empty(), BEGAN)).isEqualTo(new OutageDecision.ReportMinimum<>());
        assertThat(rules.decide(FAIL, Optional.empty(), BEGAN)).isEqualTo(new OutageDecision.ReportError<>());
    }

    private static OutageDecision<Integer> decisionAfter(Duration outage, Duration grace, UnavailablePolicy policy) {
        return new OutagePolicy(() -> grace, () -> BEGAN.plus(outage)).decide(policy, SEVEN, BEGAN);
    }

    private static OutageDecision<Integer> held() {
        return new OutageDecision.ReportLast<>(new Timestamped<>(7, READ));
    }
}
