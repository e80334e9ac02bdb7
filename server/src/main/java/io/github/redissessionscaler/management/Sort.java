package io.github.redissessionscaler.management;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Which triggers come first. Those that are alike come by namespace and name. */
enum Sort {
    PROBLEM,
    NAME,
    SESSIONS,
    REPLICAS;

    /** What {@link #parse} takes, as a noun for a message. */
    static final String FORM = "problem, name, sessions or replicas";

    static Optional<Sort> parse(String text) {
        return Arrays.stream(values())
                .filter(sort -> sort.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
    }

    Comparator<TriggerView> order() {
        Comparator<TriggerView> byName = Comparator.comparing(TriggerView::name);
        return switch (this) {
            case PROBLEM -> Comparator.comparing(TriggerView::condition).thenComparing(byName);
            case NAME -> byName;
            case SESSIONS ->
                Comparator.comparingDouble((TriggerView view) -> view.sessions().orElse(-1))
                        .reversed()
                        .thenComparing(byName);
            case REPLICAS ->
                Comparator.comparingLong((TriggerView view) -> view.fleet().replicas())
                        .reversed()
                        .thenComparing(byName);
        };
    }
}
