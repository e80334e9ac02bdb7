package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.trigger.Activation;

/**
 * Everything that is read from Redis for a trigger. It succeeds or fails as a whole, so that IsActive and GetMetrics are
 * consistent.
 *
 * @param count of what the trigger counts
 * @param flag whether its {@code activeKey} makes it active; false without one
 */
public record TriggerReading(Count count, boolean flag) {

    /** Whether it makes the trigger active. */
    boolean active(Activation activation) {
        return switch (activation) {
            case Activation.Reachable() -> true;
            case Activation.MoreThan moreThan -> moreThan.reachedBy(count.value());
            case Activation.Flag _ -> flag;
        };
    }
}
