package io.github.redissessionscaler.trigger;

/** What a trigger counts and where. Triggers with equal sources share every read of Redis. */
public record Source(Database database, CountQuery query) {}
