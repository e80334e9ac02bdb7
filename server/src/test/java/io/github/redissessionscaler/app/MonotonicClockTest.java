package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.outage.OutageDecision;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.outage.Timestamped;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ages, grace and {@code holdFor} while somebody sets the machine's clock, forward or back. */
final class MonotonicClockTest {

    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final Duration HOLD_FOR = Duration.ofMinutes(5);
    private static final UnavailablePolicy HOLD = new UnavailablePolicy.Hold(HOLD_FOR);
    private static final UnavailablePolicy MINIMUM = new UnavailablePolicy.Minimum();

    private final AtomicReference<Instant> machine = new AtomicReference<>(START);

    /** Near its end, since it may begin anywhere and goes on past that. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);

    private final MonotonicClock clock = new MonotonicClock(machine::get, nanos::get);
    private final OutagePolicy rules = new OutagePolicy(() -> HOLD_FOR, clock);

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "-PT1H", "P3650D", "-P3650D"})
    void jumpsAreNotSeen(Duration jump) {
        var known = new Timestamped<>(7, clock.instant());
        machine.set(START.plus(jump));
        assertThat(clock.instant()).isEqualTo(START);

        nanos.addAndGet(HOLD_FOR.toNanos() - 1);
        assertThat(Duration.between(known.asOf(), clock.instant())).isEqualTo(HOLD_FOR.minusNanos(1));
        assertThat(rules.decide(HOLD, Optional.of(known), known.asOf()))
                .isEqualTo(new OutageDecision.ReportLast<>(known));
        assertThat(rules.decide(MINIMUM, Optional.of(known), known.asOf()))
                .isEqualTo(new OutageDecision.ReportLast<>(known));

        machine.set(START.minus(jump));
        nanos.incrementAndGet();
        assertThat(rules.decide(HOLD, Optional.of(known), known.asOf()))
                .isEqualTo(new OutageDecision.ReportMinimum<>());
        assertThat(rules.decide(MINIMUM, Optional.of(known), known.asOf()))
                .isEqualTo(new OutageDecision.ReportMinimum<>());
    }
}
