package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.LastReading;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.history.TriggerHistory;
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
        Optional<LastReading.MissedReading> missed,
        List<String> advice) {

    static TriggerView of(TriggerState state, List<String> advice) {
        Optional<LastReading.MissedReading> missed = state.reading().missed();
        TriggerHealth condition;
        if (missed.filter(LastReading.MissedReading::isOutage).isPresent()) {
            condition = TriggerHealth.OUTAGE;
        } else if (missed.isPresent() || state.targetProblem().isPresent() || !advice.isEmpty()) {
            condition = TriggerHealth.PROBLEM;
        } else {
            condition = TriggerHealth.FINE;
        }
        return new TriggerView(
                TriggerName.of(state),
                state,
                condition,
                state.count().map(count -> OptionalDouble.of(count.value())).orElseGet(OptionalDouble::empty),
                state.target(),
                state.history().replicaCount(),
                missed,
                advice);
    }

    /** What the HPA makes of the last value that was reported, or empty before there is one. */
    Optional<ReplicaForecast> forecast() {
        return state.lastReport()
                .filter(report -> report.value().isPresent())
                .map(report ->
                        ReplicaForecast.of(report.value().getAsDouble(), report.target(), replicaCount.replicas()));
    }

    SessionThresholds thresholds(ReplicaForecast forecast) {
        return forecast.thresholds(sessions -> state.ref().trigger().valueOf((double) sessions, target));
    }
}
