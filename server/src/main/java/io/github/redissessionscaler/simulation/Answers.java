package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.Answer;
import io.github.redissessionscaler.outage.Known;
import io.github.redissessionscaler.outage.OutageRules;
import io.github.redissessionscaler.outage.Verdict;
import io.github.redissessionscaler.trigger.Activation;
import java.time.Instant;
import java.util.Optional;

/** What the scaler answers for one trigger, by the rules that answer in production. Time must not run backwards. */
final class Answers {

    private final Setup setup;
    private final OutageRules rules;
    private Instant now = Instant.EPOCH;
    private Optional<Known<Double>> last = Optional.empty();

    /** When the first reading failed, while they do. */
    private Optional<Instant> outage = Optional.empty();

    Answers(Setup setup) {
        this.setup = setup;
        this.rules = new OutageRules(setup::outageGrace, () -> now);
    }

    /** The answer when Redis holds so many sessions. */
    Answer counted(double sessions, Instant at) {
        now = at;
        last = Optional.of(new Known<>(sessions, at));
        outage = Optional.empty();
        return numbers(sessions);
    }

    /** The answer when Redis is silent. */
    Answer silent(Instant at) {
        now = at;
        Instant since = outage.orElse(at);
        outage = Optional.of(since);
        return switch (rules.verdict(setup.trigger().onUnavailable(), last, since)) {
            case Verdict.Hold<Double> hold -> numbers(hold.known().value());
            case Verdict.Minimum<Double>() -> new Answer.Numbers(0, metricTarget(), false);
            case Verdict.Fail<Double>() -> new Answer.Failure(metricTarget());
        };
    }

    private Answer numbers(double sessions) {
        boolean active = switch (setup.trigger().activation()) {
            case Activation.Reachable() -> true;
            case Activation.Flag(String key) -> true;
            case Activation.MoreThan moreThan -> moreThan.reachedBy(sessions);
        };
        return new Answer.Numbers(setup.trigger().valueOf(sessions, setup.target()), metricTarget(), active);
    }

    /** The target by which the HPA divides. */
    private double metricTarget() {
        return setup.trigger().target().metricTarget();
    }
}
