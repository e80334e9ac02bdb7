package io.github.redissessionscaler.management;

import io.github.redissessionscaler.evaluation.TriggerState;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a trigger is called on the page.
 *
 * @param id tells it apart from the other triggers of its ScaledObject
 */
record TriggerName(String namespace, String scaledObject, String id) implements Comparable<TriggerName> {

    private static final Comparator<TriggerName> ORDER = Comparator.comparing(TriggerName::namespace)
            .thenComparing(TriggerName::scaledObject)
            .thenComparing(TriggerName::id);

    static TriggerName of(TriggerState state) {
        return new TriggerName(state.asked().namespace(), state.asked().scaledObject(), state.id());
    }

    /** The name that {@link #toString} gave, or empty when the text is none. */
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
