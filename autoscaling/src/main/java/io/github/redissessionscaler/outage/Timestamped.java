package io.github.redissessionscaler.outage;

import java.time.Instant;

/** Something that was true once. */
public record Timestamped<T>(T value, Instant asOf) {}
