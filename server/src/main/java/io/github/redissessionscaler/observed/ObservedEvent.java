package io.github.redissessionscaler.observed;

import java.time.Instant;

/**
 * An event of Kubernetes.
 *
 * @param at when it happened last
 * @param kind of the object that it is about
 * @param warning whether its type is not {@code Normal}
 * @param count how often it has happened, at least 1
 */
public record ObservedEvent(Instant at, String kind, boolean warning, String reason, String message, int count) {}
