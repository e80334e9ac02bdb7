package io.github.redissessionscaler.hpa;

/**
 * The settings of one HorizontalPodAutoscaler.
 *
 * @param minReplicas at least 1
 * @param maxReplicas not less than the minimum
 * @param tolerance of the cluster, or of {@code behavior}
 */
public record HpaSpec(long minReplicas, long maxReplicas, Tolerance tolerance, Behavior behavior) {}
