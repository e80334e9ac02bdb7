package io.github.redissessionscaler.management;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.evaluation.ForecastStatus;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Trigger;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The gauges of all triggers, computed from their state at each scrape. Thread-safe. */
public final class TriggerMetrics implements Telemetry.Families {

    private record Family(String name, String help, Extractor value) {

        /** The value of one trigger; empty while there is none. */
        private interface Extractor {
            Optional<Double> of(TriggerState state, Instant now);
        }
    }

    private static final String PREFIX = Telemetry.PREFIX + "trigger_";

    private final TriggerStates states;
    private final Function<Trigger, LayoutFindings> findings;
    private final InstantSource clock;
    private final List<Family> families;

    /**
     * Gauges of all triggers.
     *
     * @param findings layout warnings of a trigger; must not block
     * @param clock the clock of the states
     */
    public TriggerMetrics(TriggerStates states, Function<Trigger, LayoutFindings> findings, InstantSource clock) {
        this.states = states;
        this.findings = findings;
        this.clock = clock;
        this.families = List.of(
                new Family(
                        "sessions",
                        "Last session count, without headroom and rounding",
                        (state, _) -> lastCount(state).map(Count::value)),
                new Family(
                        "sessions_standard_error",
                        "Standard error of the session count, 0 if it is not an estimate",
                        (state, _) -> lastCount(state).map(Count::standardError)),
                new Family(
                        "sessions_age_seconds",
                        "Age of the session count at the last call about the trigger",
                        (state, _) -> lastCount(state).map(count -> seconds(count.asOf(), state.lastUsed()))),
                new Family(
                        "sessions_without_ttl_ratio",
                        "Share of the inspected matching keys that have no TTL, 0 to 1",
                        (state, _) -> Optional.of(found(state).endlessShare())),
                new Family(
                        "misfits",
                        "Number of layout warnings; the check command lists them",
                        (state, _) -> Optional.of((double) found(state).advice().size())),
                new Family(
                        "value",
                        "The reported value: with headroom and rounding, scaled where the targets differ",
                        (state, _) -> reportedValue(state)),
                new Family(
                        "lookahead_expected_sessions",
                        "With lookAhead: the expected sessions, without margin; those of now while there is no"
                                + " forecast",
                        (state, _) -> expected(state).map(ExpectedSessions::expected)),
                new Family(
                        "lookahead_reported_sessions",
                        "With lookAhead: the reported sessions, before headroom and rounding: the larger of now and the"
                                + " forecast with its margin",
                        (state, _) -> expected(state).map(ExpectedSessions::reported)),
                new Family(
                        "lookahead_error_sessions",
                        "With lookAhead: mean absolute error of the forecasts of the last hours",
                        (state, _) ->
                                state.forecast().map(status -> status.quality().error())),
                new Family(
                        "lookahead_error_of_now_sessions",
                        "With lookAhead: mean absolute error of the current sessions as a forecast",
                        (state, _) ->
                                state.forecast().map(status -> status.quality().errorOfNow())),
                new Family(
                        "lookahead_used",
                        "With lookAhead: 1 while the forecasts are used, 0 while there are too few or the current"
                                + " sessions were not worse",
                        (state, _) ->
                                state.forecast().map(status -> status.quality().used() ? 1.0 : 0.0)),
                new Family("target", "Sessions per replica that decide now", (state, _) -> Optional.of(state.target())),
                new Family(
                        "metric_target",
                        "Target of the metric, by which the HPA divides the value",
                        (state, _) -> Optional.of(metricTarget(state))),
                new Family(
                        "target_fallback",
                        "1 while sessionSizeKey has no valid value",
                        (state, _) -> Optional.of(state.targetProblem().isPresent() ? 1.0 : 0.0)),
                new Family(
                        "wanted_replicas",
                        "Replicas that the value asks for, tolerance, minimum and maximum aside",
                        (state, _) -> reportedValue(state)
                                .map(value -> (double) ReplicaForecast.of(value, metricTarget(state), 1)
                                        .needed()
                                        .orElseThrow())),
                new Family(
                        "active",
                        "1 while the trigger is reported as active",
                        (state, _) -> state.report().map(report -> report.active() ? 1.0 : 0.0)),
                new Family(
                        "outage_seconds",
                        "How long Redis has been unavailable for the trigger, 0 while it is available",
                        (state, now) -> Optional.of(state.outageSince()
                                .map(since -> seconds(since, now))
                                .orElse(0.0))),
                new Family(
                        "uncounted_seconds",
                        "How long there has been no count although Redis is available, 0 while there is one; the"
                                + " trigger gets UNAVAILABLE",
                        (state, now) -> Optional.of(state.uncountedSince()
                                .map(since -> seconds(since, now))
                                .orElse(0.0))));
    }

    /** Produces one family at a time: all of them together take several times the memory of the states. */
    @Override
    public Stream<GaugeSnapshot> snapshots() {
        Instant now = clock.instant();
        Collection<TriggerState> triggers = states.all();
        return Stream.concat(
                families.stream().map(family -> gauge(family, triggers, now)),
                Stream.of(triggers).map(TriggerMetrics::answersInOutages));
    }

    private static GaugeSnapshot gauge(Family family, Collection<TriggerState> triggers, Instant now) {
        var gauge = GaugeSnapshot.builder().name(PREFIX + family.name).help(family.help);
        triggers.forEach(state ->
                family.value.of(state, now).ifPresent(value -> gauge.dataPoint(point(labels(state), value))));
        return gauge.build();
    }

    /** What is reported for the triggers in an outage. */
    private static GaugeSnapshot answersInOutages(Collection<TriggerState> triggers) {
        var gauge = GaugeSnapshot.builder()
                .name(PREFIX + "outage")
                .help("1 for what is reported during an outage: held (last value), minimum (inactive and 0) or error");
        triggers.forEach(state -> state.outageSince()
                .flatMap(_ -> state.lastReport())
                .map(TriggerReport::basis)
                .filter(basis -> basis != TriggerReport.Basis.MEASURED)
                .ifPresent(answer -> gauge.dataPoint(point(
                        labels(state).merge(Labels.of("answer", answer.name().toLowerCase(Locale.ROOT))), 1))));
        return gauge.build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    /**
     * The label is not {@code namespace}, because Prometheus uses that for the scaler's own namespace. The id distinguishes
     * triggers whose other labels are equal.
     */
    private static Labels labels(TriggerState state) {
        Trigger trigger = state.ref().trigger();
        return Labels.of(
                "scaledobject_namespace", state.ref().namespace(),
                "scaledobject", state.ref().scaledObject(),
                "metric", trigger.metricName(),
                "connection", trigger.source().database().connection(),
                "trigger", state.id());
    }

    private static Optional<Double> reportedValue(TriggerState state) {
        return state.report().flatMap(report -> report.value().stream().boxed().findFirst());
    }

    private static Optional<ExpectedSessions> expected(TriggerState state) {
        return state.forecast().flatMap(ForecastStatus::sessions);
    }

    private static double metricTarget(TriggerState state) {
        return state.ref().trigger().target().metricTarget();
    }

    private LayoutFindings found(TriggerState state) {
        return findings.apply(state.ref().trigger());
    }

    private static Optional<Count> lastCount(TriggerState state) {
        return state.count();
    }

    private static double seconds(Instant from, Instant to) {
        return Math.max(0, (double) Duration.between(from, to).toMillis() / 1000);
    }
}
