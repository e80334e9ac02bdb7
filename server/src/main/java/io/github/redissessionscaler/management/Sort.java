package io.github.redissessionscaler.management;

import java.util.Comparator;

/** Order of triggers; ties are sorted by namespace and name. */
enum Sort {
    PROBLEM,
    NAME,
    SESSIONS,
    REPLICAS;

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
                Comparator.comparingLong(
                                (TriggerView view) -> view.replicaCount().replicas())
                        .reversed()
                        .thenComparing(byName);
        };
    }
}
