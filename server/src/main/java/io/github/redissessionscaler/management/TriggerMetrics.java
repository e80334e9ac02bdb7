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
import io.github.redissessionscaler.telemetry.ScrapeDetail;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Trigger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    private record Gauge(Presence presence, String name, String help, Extractor value) {

        /** The value of one trigger; empty while there is none. */
        private interface Extractor {
            Optional<Double> of(Row row, Instant now);
        }
    }

    /** A trigger in one scrape, with what several gauges are made of. */
    private record Row(
            TriggerState state, LayoutFindings found, Optional<Count> count, Optional<TriggerReport> report) {

        Optional<Double> value() {
            return report.flatMap(known ->
                    known.value().isPresent() ? Optional.of(known.value().getAsDouble()) : Optional.empty());
        }
    }

    /** A trigger's labels, and its value of each gauge; not a number where it has none. */
    private static final class Line {
        private final Series series;
        private final double[] values;

        Line(Series series, double... values) {
            this.series = series;
            this.values = values;
        }
    }

    private static final String PREFIX = Telemetry.PREFIX + "trigger_";

    private static final List<Gauge> GAUGES = List.of(
            new Gauge(
                    Presence.ALWAYS,
                    "sessions",
                    "Last session count, without headroom and rounding",
                    (row, _) -> row.count().map(Count::value)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "sessions_standard_error",
                    "Standard error of the session count, 0 if it is not an estimate",
                    (row, _) -> row.count().map(Count::standardError)),
            new Gauge(
                    Presence.ALWAYS,
                    "sessions_age_seconds",
                    "Age of the session count at the last call about the trigger",
                    (row, _) -> row.count()
                            .map(count -> seconds(count.asOf(), row.state().lastUsed()))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "sessions_without_ttl_ratio",
                    "Share of the inspected matching keys that have no TTL, 0 to 1",
                    (row, _) -> Optional.of(row.found().endlessShare())),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "misfits",
                    "Number of layout warnings; the check command lists them",
                    (row, _) -> Optional.of((double) row.found().advice().size())),
            new Gauge(
                    Presence.ALWAYS,
                    "value",
                    "The reported value: with headroom and rounding, scaled where the targets differ",
                    (row, _) -> row.value()),
            new Gauge(
                    Presence.ALWAYS,
                    "lookahead_expected_sessions",
                    "With lookAhead: the expected sessions, without margin; those of now while there is no"
                            + " forecast",
                    (row, _) -> expected(row.state()).map(ExpectedSessions::expected)),
            new Gauge(
                    Presence.ALWAYS,
                    "lookahead_reported_sessions",
                    "With lookAhead: the reported sessions, before headroom and rounding: the larger of now and the"
                            + " forecast with its margin",
                    (row, _) -> expected(row.state()).map(ExpectedSessions::reported)),
            new Gauge(
                    Presence.ALWAYS,
                    "lookahead_error_sessions",
                    "With lookAhead: mean absolute error of the forecasts of the last hours",
                    (row, _) -> row.state()
                            .forecast()
                            .map(status -> status.quality().error())),
            new Gauge(
                    Presence.ALWAYS,
                    "lookahead_error_of_now_sessions",
                    "With lookAhead: mean absolute error of the current sessions as a forecast",
                    (row, _) -> row.state()
                            .forecast()
                            .map(status -> status.quality().errorOfNow())),
            new Gauge(
                    Presence.ALWAYS,
                    "lookahead_used",
                    "With lookAhead: 1 while the forecasts are used, 0 while there are too few or the current"
                            + " sessions were not worse",
                    (row, _) -> row.state()
                            .forecast()
                            .map(status -> status.quality().used() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ALWAYS,
                    "target",
                    "Sessions per replica that decide now",
                    (row, _) -> Optional.of(row.state().target())),
            new Gauge(
                    Presence.ON_REQUEST,
                    "metric_target",
                    "Target of the metric, by which the HPA divides the value",
                    (row, _) -> Optional.of(metricTarget(row.state()))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "target_fallback",
                    "1 while sessionSizeKey has no valid value",
                    (row, _) -> Optional.of(row.state().targetProblem().isPresent() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ALWAYS,
                    "wanted_replicas",
                    "Replicas that the value asks for, tolerance, minimum and maximum aside",
                    (row, _) -> row.value()
                            .map(value -> (double) ReplicaForecast.of(value, metricTarget(row.state()), 1)
                                    .needed()
                                    .orElseThrow())),
            new Gauge(
                    Presence.ALWAYS,
                    "active",
                    "1 while the trigger is reported as active",
                    (row, _) -> row.report().map(report -> report.active() ? 1.0 : 0.0)),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "outage_seconds",
                    "How long Redis has been unavailable for the trigger, 0 while it is available",
                    (row, now) -> Optional.of(row.state()
                            .outageSince()
                            .map(since -> seconds(since, now))
                            .orElse(0.0))),
            new Gauge(
                    Presence.ABOVE_ZERO,
                    "uncounted_seconds",
                    "How long there has been no count although Redis is available, 0 while there is one; the"
                            + " trigger gets UNAVAILABLE",
                    (row, now) -> Optional.of(row.state()
                            .uncountedSince()
                            .map(since -> seconds(since, now))
                            .orElse(0.0))));

    private final TriggerStates states;
    private final Function<Trigger, LayoutFindings> findings;
    private final InstantSource clock;

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

    /** Looks at each trigger once: what is known of it is spread over the memory. */
    @Override
    public void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException {
        Instant now = clock.instant();
        List<Gauge> gauges = GAUGES.stream()
                .filter(gauge -> detail == ScrapeDetail.ALL || gauge.presence != Presence.ON_REQUEST)
                .toList();
        List<Line> lines = new ArrayList<>();
        List<Series> answers = new ArrayList<>();
        for (TriggerState state : states.all()) {
            lines.add(new Line(series(state), values(gauges, state, now)));
            answerInOutage(state).ifPresent(answer -> answers.add(answering(state, answer)));
        }
        for (int i = 0; i < gauges.size(); i++) {
            Gauge gauge = gauges.get(i);
            boolean zeros = detail == ScrapeDetail.ALL || gauge.presence == Presence.ALWAYS;
            out.begin(PREFIX + gauge.name, gauge.help);
            for (Line line : lines) {
                double value = line.values[i];
                if (zeros ? !Double.isNaN(value) : value > 0) {
                    out.add(line.series, value);
                }
            }
        }
        out.begin(
                PREFIX + "outage",
                "1 for what is reported during an outage: held (last value), minimum (inactive and 0) or error");
        for (Series series : answers) {
            out.add(series, 1);
        }
    }

    private double[] values(List<Gauge> gauges, TriggerState state, Instant now) {
        var row = new Row(state, findings.apply(state.ref().trigger()), state.count(), state.report());
        double[] values = new double[gauges.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = gauges.get(i).value.of(row, now).orElse(Double.NaN);
        }
        return values;
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

    private static double metricTarget(TriggerState state) {
        return state.ref().trigger().target().metricTarget();
    }

    private static double seconds(Instant from, Instant to) {
        return Math.max(0, (double) Duration.between(from, to).toMillis() / 1000);
    }
}
