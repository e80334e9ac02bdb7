package io.github.redissessionscaler.outage;

import java.time.Instant;

/** A value and the time at which it was read. */
public record Timestamped<T>(T value, Instant asOf) {}
