package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.trigger.Activation;

/**
 * All that a trigger reads from Redis to be answered about. Both RPCs go by the same reading, so that they give one picture: it
 * succeeds or fails as a whole.
 *
 * @param count of what the trigger counts
 * @param flag whether its {@code activeKey} says active; false where it has none
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
