package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.simulation.DurationFormat;
import io.github.redissessionscaler.simulation.Frontier;
import io.github.redissessionscaler.simulation.Frontier.Combination;
import java.time.Duration;
import java.util.List;

/**
 * What {@code --suggest} found.
 *
 * @param mostOverload that is acceptable
 */
record SuggestionReport(Frontier frontier, Duration mostOverload) {

    String text() {
        var text = new StringBuilder();
        text.append(
                "%nThe best of %d combinations of headroom, lookAhead, sessionSize and behavior. For each other one, a line below has no more overload and no more replica hours:%n%n"
                        .formatted(frontier.combinations()));
        text.append("%-13s%15s   %s%n".formatted("overloaded", "replica hours", "settings"));
        frontier.best()
                .forEach(one -> text.append("%-13s%15s   %s%n"
                        .formatted(
                                DurationFormat.time(one.overloaded()),
                                DurationFormat.hours(one.replicaTime()),
                                one.settings())));
        String bound = DurationFormat.time(mostOverload);
        text.append(
                suggested().isEmpty()
                        ? "%nNo combination keeps the overload at %s or less. The last one has the least.%n"
                                .formatted(bound)
                        : "%nFewest replica hours with an overload of at most %s: %s%n"
                                .formatted(bound, suggested().getFirst().settings()));
        return text.toString();
    }

    /** The combination of the fewest replica hours that keeps the bound; empty if none does. */
    List<Combination> suggested() {
        return frontier.cheapest(mostOverload).stream().toList();
    }
}
