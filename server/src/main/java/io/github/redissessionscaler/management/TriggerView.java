package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.LastReading;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.history.TriggerHistory;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.SessionThresholds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A snapshot of one trigger for the status page.
 *
 * @param sessions the last count, also during an outage
 * @param target the current target, in sessions per replica
 * @param forecast what the HPA makes of the last value that was reported; empty before the first one
 * @param scaleIn the next scale-in by the default window of the HPA
 * @param missed why there is no count now, if there is none
 * @param advice layout warnings
 */
record TriggerView(
        TriggerName name,
        TriggerState state,
        TriggerHealth condition,
        OptionalDouble sessions,
        double target,
        TriggerHistory.ReplicaCount replicaCount,
        Optional<ReplicaForecast> forecast,
        Optional<TriggerHistory.ScaleIn> scaleIn,
        Optional<LastReading.MissedReading> missed,
        List<String> advice) {

    static TriggerView of(TriggerState state, List<String> advice) {
        Optional<LastReading.MissedReading> missed = state.reading().missed();
        TriggerHistory.ReplicaCount replicas = state.history().replicaCount();
        Optional<ReplicaForecast> forecast = state.lastReport()
                .filter(report -> report.value().isPresent())
                .map(report -> ReplicaForecast.of(report.value().getAsDouble(), report.target(), replicas.replicas()));
        boolean warned = state.targetProblem().isPresent() || !advice.isEmpty();
        return new TriggerView(
                TriggerName.of(state),
                state,
                missed.map(_ -> uncounted(state))
                        .orElseGet(() -> warned
                                ? TriggerHealth.WARNING
                                : forecast.filter(TriggerView::isTolerated).isPresent()
                                        ? TriggerHealth.TOLERATED
                                        : TriggerHealth.FINE),
                state.count().map(count -> OptionalDouble.of(count.value())).orElseGet(OptionalDouble::empty),
                state.target(),
                replicas,
                forecast,
                state.history().scaleIn(),
                missed,
                advice);
    }

    /** By what is reported. Until something is, KEDA has the last value. */
    private static TriggerHealth uncounted(TriggerState state) {
        return switch (state.lastReport().map(TriggerReport::basis).orElse(TriggerReport.Basis.ERROR)) {
            case MEASURED, HELD -> TriggerHealth.HELD;
            case MINIMUM -> TriggerHealth.MINIMUM;
            case ERROR -> TriggerHealth.ERROR;
        };
    }

    private static boolean isTolerated(ReplicaForecast forecast) {
        long needed = Math.max(1, forecast.needed().orElse(forecast.current()));
        return forecast.wanted() == forecast.current() && needed != forecast.current();
    }

    SessionThresholds thresholds(ReplicaForecast known) {
        return known.thresholds(count -> state.ref().trigger().valueOf((double) count, target));
    }

    /** The number of replicas, marked if it is an estimate. */
    String replicasText(long replicas) {
        return (replicaCount.presumed() ? "≈ " : "") + Numbers.withCommas(replicas);
    }
}
