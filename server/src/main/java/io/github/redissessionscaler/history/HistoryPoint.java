package io.github.redissessionscaler.history;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * A moment in the course of a trigger, and what stands for the time until the next.
 *
 * @param sessions the most that were counted, or empty while Redis gave none
 * @param capacity sessions that the replicas could take then: replicas times target
 * @param outage whether Redis failed to answer at some time
 */
public record HistoryPoint(Instant at, OptionalDouble sessions, double capacity, boolean outage) {}
