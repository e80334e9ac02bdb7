package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.simulation.Frontier;
import io.github.redissessionscaler.simulation.LoadCurve;
import io.github.redissessionscaler.simulation.Outcome;
import io.github.redissessionscaler.simulation.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a simulation came to, as it is written for machines: each record an object, its components the keys. */
record SimulationJson(
        int points,
        String from,
        String to,
        double mostSessions,
        List<Period> silences,
        double capacity,
        List<Of> setups,
        List<Tried> frontier,
        List<Tried> suggested,
        List<String> notes) {

    private record Period(String from, double minutes) {}

    private record Moment(String at, double sessions, long replicas, double tooMany) {}

    private record Change(String at, long replicas, String why) {}

    /** Of one setup; its worst moment is a list, which is empty when there was none. */
    private record Of(
            String name,
            double overloadedMinutes,
            List<Moment> worst,
            double replicaHours,
            long mostReplicas,
            long replicasAtFirst,
            List<Change> changes,
            List<Period> overloads) {}

    /** One of the best combinations of settings. */
    private record Tried(String settings, double overloadedMinutes, double replicaHours) {}

    private static Tried of(Frontier.Combination one) {
        return new Tried(
                one.settings().toString(),
                minutes(one.overloaded()),
                (double) one.replicaTime().toSeconds() / 3600);
    }

    private static List<Tried> of(List<Frontier.Combination> combinations) {
        return combinations.stream().map(SimulationJson::of).toList();
    }

    static SimulationJson of(SimulationReport report, Optional<SuggestionReport> suggestion) {
        LoadCurve curve = report.curve();
        Function<Instant, String> at = curve.scale()::format;
        return new SimulationJson(
                curve.points(),
                at.apply(curve.span().from()),
                at.apply(curve.span().to()),
                curve.most(),
                periods(curve.outages(), at),
                report.capacity(),
                report.outcomes().stream().map(outcome -> of(outcome, at)).toList(),
                of(suggestion.map(found -> found.frontier().best()).orElse(List.of())),
                of(suggestion.map(SuggestionReport::suggested).orElse(List.of())),
                report.notes().toList());
    }

    private static Of of(Outcome outcome, Function<Instant, String> at) {
        return new Of(
                outcome.setup().name(),
                minutes(outcome.overloaded()),
                outcome
                        .worst()
                        .map(worst ->
                                new Moment(at.apply(worst.at()), worst.sessions(), worst.replicas(), worst.tooMany()))
                        .stream()
                        .toList(),
                (double) outcome.replicaTime().toSeconds() / 3600,
                outcome.peak(),
                outcome.atFirst(),
                outcome.changes().stream()
                        .map(change -> new Change(
                                at.apply(change.at()),
                                change.replicas(),
                                change.why().toString()))
                        .toList(),
                periods(outcome.overloads(), at));
    }

    private static List<Period> periods(List<Span> spans, Function<Instant, String> at) {
        return spans.stream()
                .map(span -> new Period(at.apply(span.from()), minutes(span.length())))
                .toList();
    }

    private static double minutes(Duration duration) {
        return (double) duration.toSeconds() / 60;
    }
}
