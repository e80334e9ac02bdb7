package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.keda.ScalerResponse;
import io.github.redissessionscaler.outage.OutageDecision;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.outage.Timestamped;
import io.github.redissessionscaler.trigger.Activation;
import java.time.Instant;
import java.util.Optional;

/** What the scaler answers for one trigger, by the policy that answer in production. Time must not run backwards. */
final class SimulatedScaler {

    private final Scenario setup;
    private final OutagePolicy policy;
    private Instant now = Instant.EPOCH;
    private Optional<Timestamped<ScalerResponse>> last = Optional.empty();

    /** Empty without {@code lookAhead}. */
    private final Optional<CurveForecast> forecast;

    /** When the first reading failed, while they do. */
    private Optional<Instant> outage = Optional.empty();

    SimulatedScaler(Scenario setup, Optional<CurveForecast> forecast) {
        this.setup = setup;
        this.policy = new OutagePolicy(setup::outageGrace, () -> now);
        this.forecast = forecast;
    }

    /** The answer when Redis holds so many sessions. */
    ScalerResponse counted(double sessions, Instant at) {
        now = at;
        ScalerResponse answer = numbers(
                sessions,
                forecast.map(one -> one.expectedWithMargin(sessions, at)).orElse(sessions));
        last = Optional.of(new Timestamped<>(answer, at));
        outage = Optional.empty();
        return answer;
    }

    /** The answer when Redis is unavailable. */
    ScalerResponse unavailable(Instant at) {
        now = at;
        Instant since = outage.orElse(at);
        outage = Optional.of(since);
        return switch (policy.decide(setup.trigger().onUnavailable(), last, since)) {
            case OutageDecision.ReportLast<ScalerResponse> hold -> hold.known().value();
            case OutageDecision.ReportMinimum<ScalerResponse>() ->
                new ScalerResponse.MetricValues(0, metricTarget(), false);
            case OutageDecision.ReportError<ScalerResponse>() -> new ScalerResponse.Failure(metricTarget());
        };
    }

    private ScalerResponse numbers(double sessions, double expected) {
        boolean active = switch (setup.trigger().activation()) {
            case Activation.Reachable() -> true;
            case Activation.Flag(String key) -> true;
            case Activation.MoreThan moreThan -> moreThan.reachedBy(sessions);
        };
        return new ScalerResponse.MetricValues(
                setup.trigger().valueOf(expected, setup.target()), metricTarget(), active);
    }

    /** The target by which the HPA divides. */
    private double metricTarget() {
        return setup.trigger().target().metricTarget();
    }
}
