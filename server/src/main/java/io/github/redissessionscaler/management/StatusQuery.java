package io.github.redissessionscaler.management;

import io.github.redissessionscaler.input.ValueParser;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parameters of {@code /api/status}.
 *
 * @param search text in the namespace or name of a trigger, lower case; empty for all
 * @param offset number of triggers to skip
 * @param limit most triggers to return
 * @param window time range of the plots
 * @param points number of parts of a sparkline; 0 for none
 * @param open triggers with their history, of about {@link #OPEN_POINTS}, and their events
 * @param condition of the triggers to return; empty for all
 */
record StatusQuery(
        String search,
        Sort sort,
        int offset,
        int limit,
        Duration window,
        int points,
        Set<TriggerName> open,
        Optional<TriggerHealth> condition) {

    /** Approximate number of points in the plot of an open trigger. */
    static final int OPEN_POINTS = 400;

    /** Characters of a text. */
    static final int LONGEST_TEXT = 1024;

    private static final int MOST_OFFSET = 999_999_999;
    private static final int MOST_LIMIT = 1000;
    private static final int MOST_OPEN = 20;

    private static final ValueParser<String> SEARCH =
            ValueParser.text(0, LONGEST_TEXT).map(text -> text.toLowerCase(Locale.ROOT));

    private static final ValueParser<Duration> WINDOW = ValueParser.duration(Duration.ofMillis(1), Duration.ofDays(7));

    /**
     * Parses the parameters.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with all problems
     */
    static StatusQuery of(RequestParameters parameters) {
        var query = new StatusQuery(
                parameters.take("search", "", SEARCH),
                parameters.take("sort", Sort.PROBLEM, ValueParser.choice(Sort.class)),
                parameters.take("offset", 0, upTo(MOST_OFFSET)),
                parameters.take("limit", 100, upTo(MOST_LIMIT)),
                parameters.take("window", Duration.ofHours(6), WINDOW),
                parameters.take("points", 0, upTo(OPEN_POINTS)),
                open(parameters.takeAll("open")),
                parameters.take(
                        "condition",
                        Optional.empty(),
                        ValueParser.choice(TriggerHealth.class).map(Optional::of)));
        parameters.end();
        return query;
    }

    private static Set<TriggerName> open(List<String> names) {
        return names.stream()
                .limit(MOST_OPEN)
                .flatMap(text -> TriggerName.parse(text).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static ValueParser<Integer> upTo(int most) {
        return ValueParser.whole(0, most).map(Long::intValue);
    }

    boolean finds(TriggerView view) {
        return condition.map(view.condition()::equals).orElse(true)
                && (search.isEmpty()
                        || (view.name().namespace() + "/" + view.name().scaledObject())
                                .toLowerCase(Locale.ROOT)
                                .contains(search));
    }
}
