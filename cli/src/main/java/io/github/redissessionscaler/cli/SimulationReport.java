package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.simulation.DurationFormat;
import io.github.redissessionscaler.simulation.LoadCurve;
import io.github.redissessionscaler.simulation.Outcome;
import io.github.redissessionscaler.simulation.Span;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a simulation came to.
 *
 * @param capacity sessions that a replica can take
 * @param ignored the fields of the ScaledObject that the simulation does not use
 */
record SimulationReport(LoadCurve curve, List<Outcome> outcomes, double capacity, List<String> ignored) {

    private static final List<String> HEADS =
            List.of("setup", "overloaded", "worst moment", "replica hours", "changes", "most replicas");

    String text(boolean withChanges) {
        var text = new StringBuilder();
        Span span = curve.span();
        text.append("%d points from %s to %s, at most %s sessions%n"
                .formatted(curve.points(), at(span.from()), at(span.to()), Numbers.plain(curve.most())));
        curve.outages()
                .forEach(outage -> text.append("Redis is unavailable for %s from %s%n"
                        .formatted(DurationFormat.time(outage.length()), at(outage.from()))));
        text.append(
                "A replica can serve %s sessions; with more it is overloaded%n%n".formatted(Numbers.plain(capacity)));
        table(text);
        if (withChanges) {
            outcomes.forEach(outcome -> changes(outcome, text));
        }
        notes().forEach(note -> text.append("%n%s".formatted(note)));
        return notes().findAny().isPresent() ? text.append("%n".formatted()).toString() : text.toString();
    }

    private void table(StringBuilder text) {
        List<List<String>> rows = Stream.concat(
                        Stream.of(HEADS), outcomes.stream().map(this::row))
                .toList();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int width = width(rows, column);
                String cell = row.get(column);
                String space = " ".repeat(width - cell.length());
                line.append(column <= 2 ? cell + space : space + cell).append("   ");
            }
            text.append(line.toString().stripTrailing()).append("%n".formatted());
        }
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private List<String> row(Outcome outcome) {
        return List.of(
                outcome.setup().name(),
                DurationFormat.time(outcome.overloaded()),
                outcome.worst()
                        .map(worst -> "%s on %d at %s"
                                .formatted(Numbers.plain(worst.sessions()), worst.replicas(), at(worst.at())))
                        .orElse("-"),
                DurationFormat.hours(outcome.replicaTime()),
                String.valueOf(outcome.changes().size()),
                String.valueOf(outcome.peak()));
    }

    private void changes(Outcome outcome, StringBuilder text) {
        text.append("%n%s, starting with %d:%n".formatted(outcome.setup().name(), outcome.atFirst()));
        outcome.changes()
                .forEach(change -> text.append("  %s   %d -> %d   %s%n"
                        .formatted(at(change.at()), change.before(), change.replicas(), change.why())));
    }

    /** The fields that were not used, and the assumptions, a sentence each. */
    Stream<String> notes() {
        return Stream.concat(
                ignored.stream().map(what -> "Not simulated: " + what),
                outcomes.stream()
                        .flatMap(outcome -> outcome.setup().assumptions().stream())
                        .distinct()
                        .map(assumption -> "Note: " + assumption));
    }

    private String at(Instant time) {
        return curve.scale().format(time);
    }
}
