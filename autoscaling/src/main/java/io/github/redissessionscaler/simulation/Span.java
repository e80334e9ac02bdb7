package io.github.redissessionscaler.simulation;

import java.time.Duration;
import java.time.Instant;

/** The time from one moment until before another. */
public record Span(Instant from, Instant to) {

    public Duration length() {
        return Duration.between(from, to);
    }
}
