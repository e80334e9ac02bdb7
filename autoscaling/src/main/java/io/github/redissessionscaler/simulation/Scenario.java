package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that decides how an application is scaled: what is tried in one simulation.
 *
 * @param name distinguishes it from others
 * @param target sessions per replica
 * @param pushes whether the trigger's type is {@code external-push}
 * @param outageGrace how long the last number stands before {@code onUnavailable: minimum} takes hold
 * @param startup how long a replica takes from its start until it takes sessions
 */
public record Scenario(
        String name,
        Trigger trigger,
        double target,
        ScaledObject scaledObject,
        boolean pushes,
        Duration outageGrace,
        Duration startup) {

    /** Assumptions about what a load curve does not contain, each a sentence. */
    public List<String> assumptions() {
        List<String> assumptions = new ArrayList<>();
        trigger.target()
                .sessionSizeKey()
                .ifPresent(_ -> assumptions.add("sessionSizeKey is assumed to hold sessionSize."));
        if (trigger.activation() instanceof Activation.Flag) {
            assumptions.add("activeKey is assumed to hold 1.");
        }
        return List.copyOf(assumptions);
    }
}
