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
            case UnavailablePolicy.Minimum(), UnavailablePolicy.Hold _ -> {
                boolean held = clock.instant().isBefore(heldUntil(policy, since).orElse(since));
                yield holdOrMinimum(last, held);
            }
            case UnavailablePolicy.Fail() -> new OutageDecision.ReportError<>();
        };
    }

    /**
     * When the last value is no longer reported, if there is one; empty if an error is reported instead.
     *
     * @param since when the outage began
     */
    public Optional<Instant> heldUntil(UnavailablePolicy policy, Instant since) {
        return switch (policy) {
            case UnavailablePolicy.Minimum() -> Optional.of(since.plus(grace.get()));
            case UnavailablePolicy.Hold(Duration holdFor) -> Optional.of(since.plus(holdFor));
            case UnavailablePolicy.Fail() -> Optional.empty();
        };
    }

    private static <T> OutageDecision<T> holdOrMinimum(Optional<Timestamped<T>> last, boolean held) {
        return last.filter(_ -> held)
                .<OutageDecision<T>>map(OutageDecision.ReportLast::new)
                .orElseGet(OutageDecision.ReportMinimum::new);
    }
}
