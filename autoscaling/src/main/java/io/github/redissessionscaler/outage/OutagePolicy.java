package io.github.redissessionscaler.outage;

import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides what a trigger is answered while Redis gives no reading. Thread-safe.
 *
 * @param grace how long after the first failed reading the last value still stands before {@code minimum} takes effect, so that
 *     a short outage changes nothing; zero for not at all. It does not concern the other policies
 * @param clock one that does not jump
 */
public record OutagePolicy(Supplier<Duration> grace, InstantSource clock) {

    /**
     * The answer under the policy.
     *
     * @param last what was read last
     * @param since when the outage began: the first reading of it that failed
     */
    public <T> OutageDecision<T> verdict(UnavailablePolicy policy, Optional<Timestamped<T>> last, Instant since) {
        return switch (policy) {
            case UnavailablePolicy.Minimum() -> holdOrMinimum(last, since, grace.get());
            case UnavailablePolicy.Hold(Duration holdFor) -> holdOrMinimum(last, since, holdFor);
            case UnavailablePolicy.Fail() -> new OutageDecision.ReportError<>();
        };
    }

    private <T> OutageDecision<T> holdOrMinimum(Optional<Timestamped<T>> last, Instant since, Duration holdFor) {
        boolean held = clock.instant().isBefore(since.plus(holdFor));
        return last.filter(_ -> held)
                .<OutageDecision<T>>map(OutageDecision.ReportLast::new)
                .orElseGet(OutageDecision.ReportMinimum::new);
    }
}
