package io.github.redissessionscaler.management;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.evaluation.ForecastStatus;
import io.github.redissessionscaler.evaluation.LastReading;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.history.TriggerHistory;
import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.hpa.Tolerance;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.SessionThresholds;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import io.github.redissessionscaler.observed.ScaledObjectObservation.Pause.PausedPart;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.trigger.Headroom;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Why a trigger has its number of replicas, from the count to the next change, in steps of a few words each. In an outage, the
 * first step is the policy, and the last one what happens next. For one use.
 */
final class ReasonChain {

    private static final Duration WINDOW = ScalingRules.DOWN.window();

    private final TriggerView view;
    private final TriggerState state;
    private final Trigger trigger;
    private final OutagePolicy policy;
    private final Instant now;
    private final List<String> steps = new ArrayList<>();

    private ReasonChain(TriggerView view, OutagePolicy policy, Instant now) {
        this.view = view;
        this.state = view.state();
        this.trigger = state.ref().trigger();
        this.policy = policy;
        this.now = now;
    }

    /** The steps; empty before the first report. */
    static List<String> of(TriggerView view, OutagePolicy policy, Instant now) {
        var chain = new ReasonChain(view, policy, now);
        view.missed().ifPresentOrElse(chain::missed, chain::measured);
        return chain.steps;
    }

    /** What happens next, in a few words; empty if nothing does until the number of sessions changes. */
    static Optional<String> next(TriggerView view, OutagePolicy policy, Instant now) {
        var chain = new ReasonChain(view, policy, now);
        return view.missed().isPresent()
                ? view.missed().map(chain::nextMissed)
                : view.forecast().flatMap(chain::nextMeasured);
    }

    private String nextMissed(LastReading.MissedReading missed) {
        return switch (view.condition()) {
            case HELD -> heldUntil(missed).map(this::minimumAt).orElseGet(() -> until(missed.reason()));
            case MINIMUM -> atMinimumFrom().map(this::scalesInToMinimum).orElseGet(() -> until(missed.reason()));
            case ERROR, ABOVE_MAX, WARNING, TOLERATED, FINE -> until(missed.reason());
        };
    }

    private Optional<String> nextMeasured(ReplicaForecast forecast) {
        long wanted = view.hpa()
                .map(hpa ->
                        Math.clamp(forecast.wanted(), Math.max(1L, hpa.minReplicas()), Math.max(1L, hpa.maxReplicas())))
                .orElse(forecast.wanted());
        if (view.usesFormula() || wanted == forecast.current()) {
            return Optional.empty();
        }
        return wanted > forecast.current()
                ? Optional.of("scales out to " + Numbers.withCommas(wanted))
                        .filter(_ -> !view.isPaused(PausedPart.SCALE_OUT))
                : view.scaleIn()
                        .filter(_ -> !view.isPaused(PausedPart.SCALE_IN))
                        .map(this::scalesIn);
    }

    private void measured() {
        state.count().ifPresent(this::counted);
        Optional<ReplicaForecast> forecast = view.forecast();
        if (forecast.isEmpty()) {
            steps.clear();
            return;
        }
        reported(forecast.get());
        decided(forecast.get());
        thresholds(forecast.get());
    }

    private void counted(Count count) {
        steps.add((count.method() == Count.Method.ESTIMATE ? "≈ " : "")
                + amount(count.value())
                + (count.value() == 1 ? " session" : " sessions"));
        double sessions = expected(count);
        switch (trigger.headroom()) {
            case Headroom.Sessions(double spare)
            when spare > 0 ->
                steps.add("+%s headroom %s"
                        .formatted(amount(spare), amount(trigger.headroom().addedTo(sessions))));
            case Headroom.ByPercent(double percent)
            when percent > 0 ->
                steps.add("+%s %% headroom %s"
                        .formatted(amount(percent), amount(trigger.headroom().addedTo(sessions))));
            case Headroom.Sessions _, Headroom.ByPercent _ -> {}
        }
        if (trigger.wholeReplicas()) {
            steps.add("rounded up to whole replicas");
        }
        double metricTarget = trigger.target().metricTarget();
        if (metricTarget != view.target()) {
            steps.add("× %s ÷ %s, because the target is %s"
                    .formatted(amount(metricTarget), amount(view.target()), amount(view.target())));
        }
    }

    /** The sessions to report: with {@code lookAhead}, the expected ones with their margin, if they are more. */
    private double expected(Count count) {
        Optional<ExpectedSessions> expected = state.forecast()
                .flatMap(ForecastStatus::sessions)
                .filter(known -> known.forecast() && known.reported() > count.value());
        expected.ifPresent(known -> steps.add("%s expected in %s, with margin %s"
                .formatted(
                        amount(Math.rint(known.expected())),
                        span(trigger.lookAhead()),
                        amount(Math.rint(known.reported())))));
        return expected.map(ExpectedSessions::reported).orElse(count.value());
    }

    private void reported(ReplicaForecast forecast) {
        state.lastReport().ifPresent(report -> {
            double value = report.value().orElse(0);
            steps.add("reported " + amount(value));
            steps.add("÷ %s = %s".formatted(amount(report.target()), amount(value / report.target())));
        });
        forecast.needed().ifPresent(needed -> steps.add(Numbers.withCommas(needed) + " needed"));
    }

    private void decided(ReplicaForecast forecast) {
        long wanted = forecast.wanted();
        String current = view.replicasText(forecast.current());
        if (state.report().filter(report -> !report.active()).isPresent()) {
            steps.add("inactive: KEDA scales to 0 if minReplicaCount is 0 or not set");
        }
        Optional<HpaObservation> hpa = view.hpa();
        if (view.isPaused(PausedPart.SCALING)) {
            steps.add("KEDA is paused");
            steps.add("stays at " + current);
        } else if (hpa.isPresent()) {
            decided(forecast, hpa.get());
        } else if (wanted > forecast.current()) {
            steps.add("scales out from %s to %s".formatted(current, Numbers.withCommas(wanted)));
        } else if (wanted < forecast.current()) {
            steps.add(current + " now");
            steps.add(view.scaleIn()
                    .map(this::scalesIn)
                    .orElseGet(() -> "scales in to %s after the HPA's window of %s"
                            .formatted(Numbers.withCommas(wanted), span(WINDOW))));
        } else if (isTolerated(forecast)) {
            steps.add("tolerance %s %%".formatted(amount(100 * Tolerance.DEFAULT.scaleUp())));
            steps.add("stays at " + current);
        } else {
            steps.add("stays at " + current);
        }
    }

    private boolean isTolerated(ReplicaForecast forecast) {
        return view.condition() == TriggerHealth.TOLERATED
                || Math.max(1, forecast.needed().orElse(forecast.wanted())) != forecast.wanted();
    }

    /** By what the HPA says. It may also see other triggers. */
    private void decided(ReplicaForecast forecast, HpaObservation hpa) {
        long wanted = forecast.wanted();
        long current = hpa.currentReplicas();
        long desired = hpa.desiredReplicas();
        if (view.usesFormula()) {
            steps.add("a formula combines it with other triggers");
        } else if (wanted > hpa.maxReplicas()) {
            steps.add("maximum " + Numbers.withCommas(hpa.maxReplicas()));
        } else if (wanted < hpa.minReplicas()) {
            steps.add("minimum " + Numbers.withCommas(hpa.minReplicas()));
        } else if (isTolerated(forecast)) {
            steps.add("tolerance %s %%".formatted(amount(100 * Tolerance.DEFAULT.scaleUp())));
        }
        Optional<ScaledObjectObservation> scaledObject = view.observed().flatMap(Observation::scaledObject);
        scaledObject
                .flatMap(ScaledObjectObservation::pause)
                .ifPresent(pause -> steps.add(
                        switch (pause.part()) {
                            case SCALING -> "KEDA is paused";
                            case SCALE_IN -> "scaling in is paused";
                            case SCALE_OUT -> "scaling out is paused";
                        }));
        scaledObject.filter(ScaledObjectObservation::usesFallback).ifPresent(_ -> steps.add("KEDA uses the fallback"));
        long own = Math.clamp(wanted, Math.max(1, hpa.minReplicas()), Math.max(1, hpa.maxReplicas()));
        String others = view.observed().stream()
                .flatMap(Observation::otherTriggers)
                .distinct()
                .collect(Collectors.joining(", "));
        if (desired != current) {
            steps.add("the HPA scales %s from %s to %s"
                    .formatted(
                            desired > current ? "out" : "in",
                            Numbers.withCommas(current),
                            Numbers.withCommas(desired)));
        } else if (own > current) {
            steps.add("the HPA still wants " + Numbers.withCommas(current));
        } else if (own < current && !others.isEmpty()) {
            steps.add("the HPA wants %s, for another trigger (%s) or until its window ends"
                    .formatted(Numbers.withCommas(current), others));
        } else if (own < current) {
            steps.add("the HPA wants %s until its window ends".formatted(Numbers.withCommas(current)));
            view.scaleIn()
                    .ifPresent(due -> steps.add("scales in to ≈ %s %s, with the default window"
                            .formatted(Numbers.withCommas(due.replicas()), in(due.at(), now))));
        } else {
            steps.add("stays at " + Numbers.withCommas(current));
        }
    }

    private void thresholds(ReplicaForecast forecast) {
        SessionThresholds thresholds = view.thresholds(forecast);
        List<String> next = new ArrayList<>();
        if (forecast.wanted() <= forecast.current()) {
            thresholds
                    .moreAt()
                    .ifPresent(count -> next.add("scales out at %s %s or more"
                            .formatted(Numbers.withCommas(count), count == 1 ? "session" : "sessions")));
        }
        if (forecast.wanted() == forecast.current() && forecast.current() > 1) {
            thresholds
                    .fewerAt()
                    .ifPresent(count -> next.add("%s at %s or fewer (after %s)"
                            .formatted(next.isEmpty() ? "scales in" : "in", Numbers.withCommas(count), span(WINDOW))));
        }
        if (!next.isEmpty()) {
            steps.add(String.join(", ", next));
        }
    }

    private void missed(LastReading.MissedReading missed) {
        steps.add(
                !missed.isOutage()
                        ? "Redis works, so onUnavailable does not apply"
                        : switch (trigger.onUnavailable()) {
                            case UnavailablePolicy.Minimum() -> "onUnavailable: minimum";
                            case UnavailablePolicy.Hold(Duration holdFor) ->
                                "onUnavailable: hold for " + Durations.format(holdFor);
                            case UnavailablePolicy.Fail() -> "onUnavailable: error";
                        });
        steps.add("no count from Redis for %s (%s)".formatted(span(between(missed.since(), now)), missed.reason()));
        state.count()
                .ifPresent(count -> steps.add(
                        "last count %s, %s ago".formatted(amount(count.value()), span(between(count.asOf(), now)))));
        switch (view.condition()) {
            case HELD -> held(missed);
            case MINIMUM -> minimum();
            case ERROR, ABOVE_MAX, WARNING, TOLERATED, FINE -> {
                steps.add("an error is returned to KEDA");
                steps.add("KEDA uses the fallback of the ScaledObject; without one, the HPA keeps "
                        + view.forecast()
                                .map(forecast -> view.replicasText(forecast.current()))
                                .orElse("the replicas"));
                steps.add(until(missed.reason()));
            }
        }
    }

    private void held(LastReading.MissedReading missed) {
        view.forecast().ifPresent(forecast -> {
            reported(forecast);
            decided(forecast);
        });
        heldUntil(missed).ifPresent(until -> {
            steps.add(minimumAt(until) + ", unless Redis gives a count first");
            Instant due = (until.isAfter(now) ? until : now).plus(WINDOW);
            steps.add("%s, %s later (%s)".formatted(scalesInToMinimum(due), span(WINDOW), minimumIs()));
        });
    }

    private Optional<Instant> heldUntil(LastReading.MissedReading missed) {
        return policy.heldUntil(trigger.onUnavailable(), missed.first());
    }

    private String minimumAt(Instant until) {
        return "reports 0 " + in(until, now);
    }

    private void minimum() {
        steps.add("inactive and 0 reported");
        String current = view.replicasText(view.replicaCount().replicas());
        Optional<Instant> due = atMinimumFrom();
        if (due.isPresent()) {
            steps.add("%s now: the HPA waits for its window of %s".formatted(current, span(WINDOW)));
            steps.add("%s (%s)".formatted(scalesInToMinimum(due.get()), minimumIs()));
        } else {
            steps.add("%s now: minReplicaCount (%s)".formatted(current, minimumIs()));
        }
        steps.add("scales out again when Redis gives a count");
    }

    /** When the last scale-in is due, if the minimum is not reached. */
    private Optional<Instant> atMinimumFrom() {
        return view.scaleIn().flatMap(_ -> state.history().lastScaleIn()).map(TriggerHistory.ScaleIn::at);
    }

    /** What is known of minReplicaCount. The minimum of an HPA is 1 for a minReplicaCount of 0, too. */
    private String minimumIs() {
        return view.hpa()
                .map(hpa -> hpa.minReplicas() > 1
                        ? "it is " + Numbers.withCommas(hpa.minReplicas())
                        : "it is 1, or 0 if not set")
                .orElse("assumed to be 1; it is 0 if not set");
    }

    private String scalesInToMinimum(Instant due) {
        return "scales in to minReplicaCount " + in(due, now);
    }

    private String scalesIn(TriggerHistory.ScaleIn due) {
        return "scales in to %s %s".formatted(view.replicasText(due.replicas()), in(due.at(), now));
    }

    /** What has to happen before there is a count. */
    private static String until(KeyspaceException.Reason reason) {
        return switch (reason) {
            case NOPERM -> "until the Redis user has the permission";
            case WRONGTYPE, NOT_A_NUMBER -> "until the key is corrected";
            case UNSUPPORTED -> "until the Redis configuration allows it";
            case NOAUTH, WRONGPASS -> "until user and password are corrected";
            case IDENTITY -> "until the token service gives a token";
            case NOT_COUNTED -> "until the first count ends";
            case INTERNAL -> "until a read succeeds; see the scaler's log";
            case UNREACHABLE,
                    TIMEOUT,
                    DNS,
                    TLS,
                    LOADING,
                    MASTERDOWN,
                    CLUSTERDOWN,
                    READONLY,
                    OUT_OF_MEMORY,
                    BUSY,
                    MAX_CLIENTS,
                    OTHER -> "until Redis gives a count";
        };
    }

    private static String in(Instant then, Instant now) {
        return then.isAfter(now) ? "in " + span(between(now, then)) : "at the next call";
    }

    private static Duration between(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.isNegative() ? Duration.ZERO : between;
    }

    /** Two units at most, such as {@code 3 min 20 s}. */
    static String span(Duration duration) {
        if (duration.toSeconds() < 60) {
            return duration.toSeconds() + " s";
        }
        if (duration.toMinutes() < 60) {
            return pair(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
        }
        return duration.toHours() < 48
                ? pair(duration.toHours(), "h", duration.toMinutesPart(), "min")
                : pair(duration.toDays(), "days", duration.toHoursPart(), "h");
    }

    private static String pair(long more, String unit, int less, String smaller) {
        return less == 0 ? more + " " + unit : "%d %s %d %s".formatted(more, unit, less, smaller);
    }

    /** At most two decimals. */
    static String amount(double number) {
        return Numbers.withCommas(Math.abs(number) < 1000 ? Math.rint(number * 100) / 100 : Math.rint(number));
    }
}
