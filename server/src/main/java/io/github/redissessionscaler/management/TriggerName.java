package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.TriggerState;
import java.util.Comparator;
import java.util.Optional;

/**
 * Identifies a trigger on the page.
 *
 * @param id distinguishes the triggers of a ScaledObject
 */
record TriggerName(String namespace, String scaledObject, String id) implements Comparable<TriggerName> {

    private static final Comparator<TriggerName> ORDER = Comparator.comparing(
                    TriggerName::namespace, NaturalOrder::compare)
            .thenComparing(TriggerName::scaledObject, NaturalOrder::compare)
            .thenComparing(TriggerName::id);

    static TriggerName of(TriggerState state) {
        return new TriggerName(state.ref().namespace(), state.ref().scaledObject(), state.id());
    }

    /** Parses the result of {@link #toString}; empty if the text is invalid. */
    static Optional<TriggerName> parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 3 ? Optional.of(new TriggerName(parts[0], parts[1], parts[2])) : Optional.empty();
    }

    @Override
    public int compareTo(TriggerName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace + "/" + scaledObject + "/" + id;
    }
}
