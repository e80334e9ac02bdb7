package io.github.redissessionscaler.management;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** Order of triggers; ties are sorted by namespace and name. */
enum Sort {
    PROBLEM,
    NAME,
    SESSIONS,
    REPLICAS;

    /** The order of these triggers. The worst namespace comes first in {@link #PROBLEM}, and in it the worst trigger. */
    Comparator<TriggerView> order(List<TriggerView> triggers) {
        Comparator<TriggerView> byName = Comparator.comparing(TriggerView::name);
        return switch (this) {
            case PROBLEM -> {
                Map<String, TriggerHealth> worst = triggers.stream()
                        .collect(Collectors.toMap(
                                view -> view.name().namespace(),
                                TriggerView::condition,
                                BinaryOperator.minBy(Comparator.naturalOrder())));
                yield Comparator.comparing((TriggerView view) ->
                                worst.getOrDefault(view.name().namespace(), TriggerHealth.FINE))
                        .thenComparing(view -> view.name().namespace(), NaturalOrder::compare)
                        .thenComparing(TriggerView::condition)
                        .thenComparing(byName);
            }
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
