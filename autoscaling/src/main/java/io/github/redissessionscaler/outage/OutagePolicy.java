package io.github.redissessionscaler.outage;

import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides what a trigger reports while Redis is unavailable. Thread-safe.
 *
 * @param grace how long the policy {@code minimum} keeps reporting the last value after the first failed reading, so that a
 *     short outage changes nothing; zero reports the minimum immediately. Other policies ignore it
 * @param clock a monotonic clock
 */
public record OutagePolicy(Supplier<Duration> grace, InstantSource clock) {

    /**
     * What to report under the policy.
     *
     * @param last the last successful reading
     * @param since when the outage began: the time of its first failed reading
     */
    public <T> OutageDecision<T> decide(UnavailablePolicy policy, Optional<Timestamped<T>> last, Instant since) {
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
