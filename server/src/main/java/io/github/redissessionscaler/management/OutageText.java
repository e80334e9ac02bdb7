package io.github.redissessionscaler.management;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;

/** Says what KEDA is told while Redis does not answer. */
final class OutageText {

    private OutageText() {}

    /**
     * A sentence about what is answered under the policy.
     *
     * @param held whether that is a value known before
     */
    static String answer(UnavailablePolicy policy, boolean held) {
        return switch (policy) {
            case UnavailablePolicy.Minimum() ->
                held
                        ? "KEDA is told what was known last while OUTAGE_GRACE lasts, then inactive and 0"
                                + " (onUnavailable: minimum)."
                        : "KEDA is told inactive and 0, so that the application goes back to its minimum"
                                + " (onUnavailable: minimum).";
            case UnavailablePolicy.Hold(Duration holdFor) ->
                held
                        ? "KEDA is told what was known last until that is %s old, then inactive and 0"
                                        .formatted(Durations.format(holdFor))
                                + " (onUnavailable: hold)."
                        : "KEDA is told inactive and 0: nothing is known that is younger than %s"
                                        .formatted(Durations.format(holdFor))
                                + " (onUnavailable: hold).";
            case UnavailablePolicy.Fail() ->
                "KEDA is told UNAVAILABLE, so that the fallback of the ScaledObject takes over, or the HPA leaves"
                        + " everything as it is (onUnavailable: error).";
        };
    }
}
