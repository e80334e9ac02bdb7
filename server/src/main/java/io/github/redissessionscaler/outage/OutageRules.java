package io.github.redissessionscaler.outage;

import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides what a trigger is answered while Redis is silent. Thread-safe.
 *
 * @param grace how long after its reading a value still stands before {@code minimum} takes hold, so that a blip does not
 *     shake the application; zero for not at all
 * @param clock one that does not jump
 */
public record OutageRules(Supplier<Duration> grace, InstantSource clock) {

    /** The answer under the policy, given what was last known. */
    public <T> Verdict<T> verdict(UnavailablePolicy policy, Optional<Known<T>> last) {
        return switch (policy) {
            case UnavailablePolicy.Minimum() -> holdOrMinimum(last, grace.get());
            case UnavailablePolicy.Hold(Duration holdFor) -> holdOrMinimum(last, holdFor);
            case UnavailablePolicy.Fail() -> new Verdict.Fail<>();
        };
    }

    private <T> Verdict<T> holdOrMinimum(Optional<Known<T>> last, Duration holdFor) {
        Instant oldest = clock.instant().minus(holdFor);
        return last.filter(known -> known.asOf().isAfter(oldest))
                .<Verdict<T>>map(Verdict.Hold::new)
                .orElseGet(Verdict.Minimum::new);
    }
}
