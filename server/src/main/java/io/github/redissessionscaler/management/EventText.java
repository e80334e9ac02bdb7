package io.github.redissessionscaler.management;

import io.github.redissessionscaler.history.HistoryEvent;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.observed.ObservedEvent;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** Describes a change of a trigger. */
final class EventText {

    private EventText() {}

    /** What has changed, and why. */
    static String of(HistoryEvent event) {
        return switch (event) {
            case HistoryEvent.ReplicasChanged(
                    Instant _,
                    long from,
                    long to,
                    boolean presumed,
                    OptionalDouble sessions) ->
                "%s%s → %s replicas: %s"
                        .formatted(
                                presumed ? "≈ " : "",
                                Numbers.withCommas(from),
                                Numbers.withCommas(to),
                                count(sessions));
            case HistoryEvent.BasisChanged(
                    Instant _,
                    TriggerReport.Basis to,
                    OptionalDouble value,
                    Optional<String> reason) ->
                to == TriggerReport.Basis.MEASURED
                        ? "Redis gives a count again; " + reported(value) + " is reported"
                        : "No count from Redis" + reason.map(" (%s)"::formatted).orElse("") + "; "
                                + switch (to) {
                                    case MEASURED, HELD -> "the last value is reported, " + reported(value);
                                    case MINIMUM -> "inactive and 0 are reported";
                                    case ERROR -> "an error is returned to KEDA";
                                };
        };
    }

    /** What Kubernetes says, and of which object. */
    static String of(ObservedEvent event) {
        String kind = event.kind().equals("HorizontalPodAutoscaler") ? "HPA" : event.kind();
        String times = event.count() > 1 ? " (%s times)".formatted(Numbers.withCommas(event.count())) : "";
        return "%s, %s: %s%s".formatted(kind, event.reason(), event.message(), times);
    }

    private static String count(OptionalDouble sessions) {
        return sessions.isPresent()
                ? ReasonChain.amount(sessions.getAsDouble()) + (sessions.getAsDouble() == 1 ? " session" : " sessions")
                : "no count from Redis";
    }

    private static String reported(OptionalDouble value) {
        return value.isPresent() ? ReasonChain.amount(value.getAsDouble()) : "no value";
    }
}
