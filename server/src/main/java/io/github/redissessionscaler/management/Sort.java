package io.github.redissessionscaler.management;

import java.util.Comparator;

/** Which triggers come first. Those that are alike come by namespace and name. */
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
                Comparator.comparingLong((TriggerView view) -> view.fleet().replicas())
                        .reversed()
                        .thenComparing(byName);
        };
    }
}
