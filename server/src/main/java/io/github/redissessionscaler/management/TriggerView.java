package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.LastReading;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.history.TriggerHistory;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.SessionThresholds;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.ScaledObjectObservation.Pause.PausedPart;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A snapshot of one trigger for the status page.
 *
 * @param sessions the last count, also during an outage
 * @param target the current target, in sessions per replica
 * @param forecast what the HPA makes of the last value that was reported; empty before the first one
 * @param scaleIn the next scale-in by the default window of the HPA
 * @param missed why there is no count now, if there is none
 * @param advice layout warnings
 * @param observed what the Kubernetes API says, if it is known
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
        List<String> advice,
        Optional<Observation> observed) {

    static TriggerView of(TriggerState state, List<String> advice, Optional<Observation> observed) {
        Optional<LastReading.MissedReading> missed = state.reading().missed();
        TriggerHistory.ReplicaCount replicas = state.history().replicaCount();
        Optional<ReplicaForecast> forecast = state.lastReport()
                .filter(report -> report.value().isPresent())
                .map(report -> ReplicaForecast.of(report.value().getAsDouble(), report.target(), replicas.replicas()));
        boolean warned = state.targetProblem().isPresent()
                || !advice.isEmpty()
                || observed.filter(known -> !known.remarks().isEmpty()).isPresent();
        return new TriggerView(
                TriggerName.of(state),
                state,
                missed.map(_ -> uncounted(state))
                        .orElseGet(() -> isAboveMax(forecast, observed)
                                ? TriggerHealth.ABOVE_MAX
                                : warned
                                        ? TriggerHealth.WARNING
                                        : forecast.filter(TriggerView::isTolerated)
                                                        .isPresent()
                                                ? TriggerHealth.TOLERATED
                                                : TriggerHealth.FINE),
                state.count().map(count -> OptionalDouble.of(count.value())).orElseGet(OptionalDouble::empty),
                state.target(),
                replicas,
                forecast,
                scaleIn(state, replicas, observed),
                missed,
                advice,
                observed);
    }

    /** The next scale-in; with the minimum of the HPA, if it is known. */
    private static Optional<TriggerHistory.ScaleIn> scaleIn(
            TriggerState state, TriggerHistory.ReplicaCount replicas, Optional<Observation> observed) {
        Optional<TriggerHistory.ScaleIn> due = state.history().scaleIn();
        Optional<HpaObservation> hpa = observed.flatMap(Observation::hpa);
        return hpa.isEmpty()
                ? due
                : due.map(next -> new TriggerHistory.ScaleIn(
                                next.at(), Math.max(next.replicas(), hpa.get().minReplicas())))
                        .filter(next -> next.replicas() < replicas.replicas());
    }

    /** Whether the HPA would want more replicas than its maximum. Unknown, so false, if a formula combines several triggers. */
    private static boolean isAboveMax(Optional<ReplicaForecast> forecast, Optional<Observation> observed) {
        return observed.filter(known -> !known.usesFormula())
                .flatMap(Observation::hpa)
                .flatMap(hpa -> forecast.filter(known -> known.wanted() > hpa.maxReplicas()))
                .isPresent();
    }

    /** Whether it is known that this is paused, alone or with all scaling. */
    boolean isPaused(PausedPart part) {
        return observed.filter(known -> known.isPaused(part)).isPresent();
    }

    /** Whether it is known that a formula combines the triggers. */
    boolean usesFormula() {
        return observed.filter(Observation::usesFormula).isPresent();
    }

    /** The HPA, if it is known. */
    Optional<HpaObservation> hpa() {
        return observed.flatMap(Observation::hpa);
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

    /** Without those that a pause, minimum and maximum make void, as far as these are known. */
    SessionThresholds thresholds(ReplicaForecast known) {
        if (isPaused(PausedPart.SCALING)) {
            return new SessionThresholds(OptionalLong.empty(), OptionalLong.empty());
        }
        SessionThresholds all = known.thresholds(count -> state.ref().trigger().valueOf((double) count, target));
        return hpa().map(hpa -> new SessionThresholds(
                        known.current() < hpa.maxReplicas() ? all.moreAt() : OptionalLong.empty(),
                        known.current() > hpa.minReplicas() ? all.fewerAt() : OptionalLong.empty()))
                .orElse(all);
    }

    /** The number of replicas, marked if it is an estimate. */
    String replicasText(long replicas) {
        return (replicaCount.presumed() ? "≈ " : "") + Numbers.withCommas(replicas);
    }
}
