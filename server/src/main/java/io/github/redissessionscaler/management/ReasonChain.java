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
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.trigger.Headroom;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /** What happens next without a count, in a few words. */
    static String next(TriggerView view, LastReading.MissedReading missed, OutagePolicy policy, Instant now) {
        return switch (view.condition()) {
            case HELD ->
                policy.heldUntil(view.state().ref().trigger().onUnavailable(), missed.first())
                        .map(until -> "minimum " + in(until, now))
                        .orElse("until Redis gives a count");
            case MINIMUM ->
                view.scaleIn().map(due -> "scales in " + in(due.at(), now)).orElse("until Redis gives a count");
            case ERROR, WARNING, TOLERATED, FINE -> "until Redis gives a count";
        };
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
            steps.add("inactive: KEDA scales to 0 if minReplicaCount is 0");
        }
        if (wanted > forecast.current()) {
            steps.add("scales out from %s to %s".formatted(current, Numbers.withCommas(wanted)));
        } else if (wanted < forecast.current()) {
            steps.add(current + " now");
            steps.add(view.scaleIn()
                    .map(due -> "scales in to %s %s".formatted(view.replicasText(due.replicas()), in(due.at(), now)))
                    .orElseGet(() -> "scales in to %s after the HPA's window of %s"
                            .formatted(Numbers.withCommas(wanted), span(WINDOW))));
        } else if (view.condition() == TriggerHealth.TOLERATED
                || Math.max(1, forecast.needed().orElse(wanted)) != wanted) {
            steps.add("tolerance %s %%".formatted(amount(100 * Tolerance.DEFAULT.scaleUp())));
            steps.add("stays at " + current);
        } else {
            steps.add("stays at " + current);
        }
    }

    private void thresholds(ReplicaForecast forecast) {
        SessionThresholds thresholds = view.thresholds(forecast);
        if (forecast.wanted() <= forecast.current()) {
            thresholds
                    .moreAt()
                    .ifPresent(count -> steps.add("scales out at %s %s"
                            .formatted(Numbers.withCommas(count), count == 1 ? "session" : "sessions")));
        }
        if (forecast.wanted() == forecast.current() && forecast.current() > 1) {
            thresholds.fewerAt().ifPresent(count -> steps.add("scales in at " + Numbers.withCommas(count)));
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
            case ERROR, WARNING, TOLERATED, FINE -> {
                steps.add("UNAVAILABLE reported");
                steps.add("KEDA uses the fallback of the ScaledObject; without one, the HPA keeps "
                        + view.replicasText(view.replicaCount().replicas()));
                steps.add("until Redis gives a count");
            }
        }
    }

    private void held(LastReading.MissedReading missed) {
        view.forecast().ifPresent(forecast -> {
            reported(forecast);
            decided(forecast);
        });
        policy.heldUntil(trigger.onUnavailable(), missed.first())
                .ifPresent(until -> steps.add(
                        "%s, if Redis still gives no count: inactive and 0 are reported, and the HPA scales in to the minimum %s later"
                                .formatted(in(until, now), span(WINDOW))));
    }

    private void minimum() {
        steps.add("inactive and 0 reported");
        String current = view.replicasText(view.replicaCount().replicas());
        Optional<TriggerHistory.ScaleIn> due = view.scaleIn();
        if (due.isPresent()) {
            steps.add("%s now: the HPA waits for its window of %s".formatted(current, span(WINDOW)));
            steps.add("scales in to the minimum " + in(due.get().at(), now));
        } else {
            steps.add(current + ": the minimum");
        }
        steps.add("scales out again when Redis gives a count");
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
