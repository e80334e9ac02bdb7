package io.github.redissessionscaler.management;

import io.github.redissessionscaler.history.TriggerReport.Basis;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;

/** Describes what is reported to KEDA while Redis is unavailable. */
final class OutageText {

    private OutageText() {}

    /**
     * A sentence about what is reported under the policy.
     *
     * @param basis of the last report
     */
    static String answer(UnavailablePolicy policy, Basis basis) {
        boolean held = basis == Basis.HELD;
        if (basis == Basis.ERROR && !(policy instanceof UnavailablePolicy.Fail)) {
            return "An error is returned to KEDA, because Redis works: onUnavailable applies only while Redis is"
                    + " unavailable.";
        }
        return switch (policy) {
            case UnavailablePolicy.Minimum() ->
                held
                        ? "The last value is reported for OUTAGE_GRACE, then inactive and 0 (onUnavailable: minimum)."
                        : "Inactive and 0 are reported, so that KEDA scales the application to its minimum"
                                + " (onUnavailable: minimum).";
            case UnavailablePolicy.Hold(Duration holdFor) ->
                held
                        ? "The last value is reported for %s, then inactive and 0 (onUnavailable: hold)."
                                .formatted(Durations.format(holdFor))
                        : "Inactive and 0 are reported: there was no count in the last %s (onUnavailable: hold)."
                                .formatted(Durations.format(holdFor));
            case UnavailablePolicy.Fail() ->
                "An error is returned to KEDA, which uses the fallback of the ScaledObject; without one, the HPA keeps"
                        + " the replicas (onUnavailable: error).";
        };
    }
}
