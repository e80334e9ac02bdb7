package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * The values of a trigger from this time until the next point.
 *
 * @param sessions the highest count; empty if there was none
 * @param capacity sessions that the replicas could serve: replicas times target
 * @param outage whether there was no count at some time
 */
public record HistoryPoint(Instant at, OptionalDouble sessions, double capacity, boolean outage) {}
