package io.github.redissessionscaler.observed;

/**
 * A condition of an HPA or a ScaledObject.
 *
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason empty if there is none
 * @param message only if the condition is one to look at, else empty
 */
public record ObservedCondition(String type, String status, String reason, String message) {}
