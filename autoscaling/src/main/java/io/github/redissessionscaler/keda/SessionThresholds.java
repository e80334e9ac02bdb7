package io.github.redissessionscaler.keda;

import java.util.OptionalLong;

/**
 * The numbers of sessions at which the HPA wants another number of replicas than the current one.
 *
 * @param moreAt the fewest sessions at which it wants more; empty where there are none up to {@link ReplicaForecast#MOST}
 * @param fewerAt the most sessions at which it wants fewer; empty where there are none
 */
public record SessionThresholds(OptionalLong moreAt, OptionalLong fewerAt) {}
