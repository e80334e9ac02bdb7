package io.github.redissessionscaler.management;

import io.github.redissessionscaler.input.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which triggers are wanted, and how much of each.
 *
 * @param search only those in whose namespace or name this occurs, lower case; all when empty
 * @param offset how many of them are skipped
 * @param limit how many are told, at most
 * @param window how far back the plots go
 * @param points how many points a plot has, about
 * @param open those whose plot has {@link #OPEN_POINTS}
 */
record StatusQuery(
        String search, Sort sort, int offset, int limit, Duration window, int points, Set<TriggerName> open) {

    /** How many points the plot of an open trigger has, about. */
    static final int OPEN_POINTS = 400;

    private static final int MOST_LIMIT = 1000;
    private static final int MOST_OPEN = 20;

    /**
     * What the parameters say.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with everything that is wrong in them
     */
    static StatusQuery of(RequestParameters parameters) {
        var query = new StatusQuery(
                parameters.take("search", "", text -> Optional.of(text.strip().toLowerCase(Locale.ROOT)), "text"),
                parameters.take("sort", Sort.PROBLEM, Sort::parse, Sort.FORM),
                parameters.take("offset", 0, text -> upTo(999_999_999, text), "a whole number"),
                parameters.take("limit", 100, text -> upTo(MOST_LIMIT, text), "a number from 0 to " + MOST_LIMIT),
                parameters.take("window", Duration.ofHours(6), StatusQuery::window, Durations.FORM + ", at most 7d"),
                parameters.take("points", 0, text -> upTo(OPEN_POINTS, text), "a number from 0 to " + OPEN_POINTS),
                open(parameters.takeAll("open")));
        parameters.end();
        return query;
    }

    private static Set<TriggerName> open(List<String> names) {
        return names.stream()
                .limit(MOST_OPEN)
                .flatMap(text -> TriggerName.parse(text).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<Integer> upTo(int most, String text) {
        return text.matches("\\d{1,9}")
                ? Optional.of(Integer.valueOf(text)).filter(number -> number <= most)
                : Optional.empty();
    }

    private static Optional<Duration> window(String text) {
        return Durations.parse(text)
                .filter(duration -> duration.isPositive() && duration.compareTo(Duration.ofDays(7)) <= 0);
    }

    boolean finds(TriggerName name) {
        return search.isEmpty()
                || (name.namespace() + "/" + name.scaledObject())
                        .toLowerCase(Locale.ROOT)
                        .contains(search);
    }

    int pointsOf(TriggerName name) {
        return open.contains(name) ? OPEN_POINTS : points;
    }
}
