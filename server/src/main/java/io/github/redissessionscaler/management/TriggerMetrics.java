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
            Optional<Double> of(Row row, Instant now);
        }
    }

    /** What all gauges of a trigger need. */
    private record Row(TriggerState state, LayoutFindings findings, Series series) {}

    private final TriggerStates states;
    private final Function<Trigger, LayoutFindings> findings;
    private final InstantSource clock;

    private final List<Gauge> gauges = List.of(
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_SESSIONS,
                    (row, _) -> row.state.count().map(Count::value)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_SESSIONS_STANDARD_ERROR,
                    (row, _) -> row.state.count().map(Count::standardError)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_SESSIONS_AGE_SECONDS,
                    (row, _) -> row.state.count().map(count -> seconds(count.asOf(), row.state.lastUsed()))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_SESSIONS_WITHOUT_TTL_RATIO,
                    (row, _) -> Optional.of(row.findings.endlessShare())),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_MISFITS,
                    (row, _) -> Optional.of((double) row.findings.advice().size())),
            new Gauge(Presence.ALWAYS, Metric.TRIGGER_VALUE, (row, _) -> value(row.state)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_EXPECTED_SESSIONS,
                    (row, _) -> expected(row.state).map(ExpectedSessions::expected)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_REPORTED_SESSIONS,
                    (row, _) -> expected(row.state).map(ExpectedSessions::reported)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_ERROR_SESSIONS,
                    (row, _) ->
                            row.state.forecast().map(status -> status.quality().error())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_ERROR_OF_NOW_SESSIONS,
                    (row, _) ->
                            row.state.forecast().map(status -> status.quality().errorOfNow())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_LOOKAHEAD_USED,
                    (row, _) ->
                            row.state.forecast().map(status -> status.quality().used() ? 1.0 : 0.0)),
            new Gauge(Presence.ALWAYS, Metric.TRIGGER_TARGET, (row, _) -> Optional.of(row.state.target())),
            new Gauge(
                    Presence.ON_REQUEST,
                    Metric.TRIGGER_METRIC_TARGET,
                    (row, _) -> Optional.of(metricTarget(row.state))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_TARGET_FALLBACK,
                    (row, _) -> Optional.of(row.state.targetProblem().isPresent() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_WANTED_REPLICAS,
                    (row, _) -> value(row.state)
                            .map(value -> (double) ReplicaForecast.of(value, metricTarget(row.state), 1)
                                    .needed()
                                    .orElseThrow())),
            new Gauge(
                    Presence.ALWAYS,
                    Metric.TRIGGER_ACTIVE,
                    (row, _) -> row.state.report().map(report -> report.active() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_OUTAGE_SECONDS,
                    (row, now) -> Optional.of(row.state
                            .outageSince()
                            .map(since -> seconds(since, now))
                            .orElse(0.0))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    Metric.TRIGGER_UNCOUNTED_SECONDS,
                    (row, now) -> Optional.of(row.state
                            .uncountedSince()
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

    /** Writes one gauge after the other, as the format wants it. */
    @Override
    public void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException {
        Instant now = clock.instant();
        List<Row> all = states.all().stream().map(this::row).toList();
        for (Gauge gauge : gauges) {
            if (detail == ScrapeDetail.ALL || gauge.presence != Presence.ON_REQUEST) {
                write(gauge, detail == ScrapeDetail.ALL || gauge.presence == Presence.ALWAYS, all, now, out);
            }
        }
        out.begin(Metric.TRIGGER_OUTAGE);
        for (Row row : all) {
            Optional<String> answer = answerInOutage(row.state);
            if (answer.isPresent()) {
                out.add(answering(row.state, answer.get()), 1);
            }
        }
    }

    private static void write(Gauge gauge, boolean zeros, List<Row> all, Instant now, GaugeWriter out)
            throws IOException {
        out.begin(gauge.metric);
        for (Row row : all) {
            Optional<Double> value = gauge.value.of(row, now);
            if (value.isPresent() && (zeros || value.get() > 0)) {
                out.add(row.series, value.get());
            }
        }
    }

    private Row row(TriggerState state) {
        return new Row(state, findings.apply(state.ref().trigger()), series(state));
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
