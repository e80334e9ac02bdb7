package io.github.redissessionscaler.management;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.evaluation.ForecastStatus;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.telemetry.GaugeWriter;
import io.github.redissessionscaler.telemetry.GaugeWriter.Series;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.ScrapeDetail;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Trigger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The gauges of all triggers, computed from their state at each scrape. Thread-safe. */
public final class TriggerMetrics implements Telemetry.LargeGauges {

    /** When a scrape contains a gauge. */
    private enum Presence {
        ALWAYS,

        /** In a usual scrape only the series above 0: the alerts need no others. */
        ABOVE_ZERO,

        /** Only in a scrape of everything. */
        ON_REQUEST
    }

    private record Gauge(Presence presence, Metric metric, Extractor value) {

        /** The value of one trigger; empty while there is none. */
        private interface Extractor {
            Optional<Double> of(TriggerState state, Instant now);
        }
    }

    private final TriggerStates states;
    private final Function<Trigger, LayoutFindings> findings;
    private final InstantSource clock;

    private final List<Gauge> gauges = List.of(
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_SESSIONS,
                    (state, _) -> state.count().map(Count::value)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_SESSIONS_STANDARD_ERROR,
                    (state, _) -> state.count().map(Count::standardError)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_SESSIONS_AGE_SECONDS,
                    (state, _) -> state.count().map(count -> seconds(count.asOf(), state.lastUsed()))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_SESSIONS_WITHOUT_TTL_RATIO,
                    (state, _) -> Optional.of(found(state).endlessShare())),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_MISFITS,
                    (state, _) -> Optional.of((double) found(state).advice().size())),
            new Gauge(Presence.ALWAYS, Metric.TRIGGER_VALUE, (state, _) -> value(state)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_EXPECTED_SESSIONS,
                    (state, _) -> expected(state).map(ExpectedSessions::expected)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_REPORTED_SESSIONS,
                    (state, _) -> expected(state).map(ExpectedSessions::reported)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_ERROR_SESSIONS,
                    (state, _) ->
                            state.forecast().map(status -> status.quality().error())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_ERROR_OF_NOW_SESSIONS,
                    (state, _) ->
                            state.forecast().map(status -> status.quality().errorOfNow())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_USED,
                    (state, _) ->
                            state.forecast().map(status -> status.quality().used() ? 1.0 : 0.0)),
            new Gauge(Presence.ALWAYS, Metric.TRIGGER_TARGET, (state, _) -> Optional.of(state.target())),
            new Gauge(
                    Presence.ON_REQUEST, Metric.TRIGGER_METRIC_TARGET, (state, _) -> Optional.of(metricTarget(state))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_TARGET_FALLBACK,
                    (state, _) -> Optional.of(state.targetProblem().isPresent() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_WANTED_REPLICAS,
                    (state, _) -> value(state).map(value -> (double) ReplicaForecast.of(value, metricTarget(state), 1)
                            .needed()
                            .orElseThrow())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_ACTIVE,
                    (state, _) -> state.report().map(report -> report.active() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_OUTAGE_SECONDS,
                    (state, now) -> Optional.of(state.outageSince()
                            .map(since -> seconds(since, now))
                            .orElse(0.0))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_UNCOUNTED_SECONDS,
                    (state, now) -> Optional.of(state.uncountedSince()
                            .map(since -> seconds(since, now))
                            .orElse(0.0))));

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
    }

    /** Writes one gauge after the other: the values of all of them would take as much memory as the states. */
    @Override
    public void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException {
        Instant now = clock.instant();
        Collection<TriggerState> all = states.all();
        for (Gauge gauge : gauges) {
            if (detail == ScrapeDetail.ALL || gauge.presence != Presence.ON_REQUEST) {
                write(gauge, detail == ScrapeDetail.ALL || gauge.presence == Presence.ALWAYS, all, now, out);
            }
        }
        out.begin(Metric.TRIGGER_OUTAGE);
        for (TriggerState state : all) {
            Optional<String> answer = answerInOutage(state);
            if (answer.isPresent()) {
                out.add(answering(state, answer.get()), 1);
            }
        }
    }

    private static void write(Gauge gauge, boolean zeros, Collection<TriggerState> all, Instant now, GaugeWriter out)
            throws IOException {
        out.begin(gauge.metric);
        for (TriggerState state : all) {
            Optional<Double> value = gauge.value.of(state, now);
            if (value.isPresent() && (zeros || value.get() > 0)) {
                out.add(series(state), value.get());
            }
        }
    }

    /** What is reported for a trigger in an outage; empty without one. */
    private static Optional<String> answerInOutage(TriggerState state) {
        return state.outageSince()
                .flatMap(_ -> state.lastReport())
                .map(TriggerReport::basis)
                .filter(basis -> basis != TriggerReport.Basis.MEASURED)
                .map(basis -> basis.name().toLowerCase(Locale.ROOT));
    }

    /**
     * The label is not {@code namespace}, because Prometheus uses that for the scaler's own namespace. The id distinguishes
     * triggers whose other labels are equal.
     */
    private static Series series(TriggerState state) {
        Trigger trigger = state.ref().trigger();
        return Series.of(
                "connection", trigger.source().connections(),
                "metric", trigger.metricName(),
                "scaledobject", state.ref().scaledObject(),
                "scaledobject_namespace", state.ref().namespace(),
                "trigger", state.id());
    }

    private static Series answering(TriggerState state, String answer) {
        Trigger trigger = state.ref().trigger();
        return Series.of(
                "answer", answer,
                "connection", trigger.source().connections(),
                "metric", trigger.metricName(),
                "scaledobject", state.ref().scaledObject(),
                "scaledobject_namespace", state.ref().namespace(),
                "trigger", state.id());
    }

    private static Optional<ExpectedSessions> expected(TriggerState state) {
        return state.forecast().flatMap(ForecastStatus::sessions);
    }

    private LayoutFindings found(TriggerState state) {
        return findings.apply(state.ref().trigger());
    }

    private static Optional<Double> value(TriggerState state) {
        return state.report()
                .map(TriggerReport::value)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble);
    }

    private static double metricTarget(TriggerState state) {
        return state.ref().trigger().target().metricTarget();
    }

    private static double seconds(Instant from, Instant to) {
        return Math.max(0, (double) Duration.between(from, to).toMillis() / 1000);
    }
}
