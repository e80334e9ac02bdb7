package io.github.redissessionscaler.trigger;

import java.time.Duration;

/** What to report while Redis is unavailable. */
public sealed interface UnavailablePolicy {

    /** Inactive and 0: the application scales in to its minimum. */
    record Minimum() implements UnavailablePolicy {}

    /** The last value, for at most this long; then {@link Minimum}. */
    record Hold(Duration holdFor) implements UnavailablePolicy {}

    /** The gRPC error UNAVAILABLE: KEDA's fallback, or the HPA holds. */
    record Fail() implements UnavailablePolicy {}
}
