package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.trigger.Trigger;

/** One trigger of one ScaledObject, as in a call of KEDA. */
public record TriggerRef(String namespace, String scaledObject, Trigger trigger) {

    /** Handwritten for speed: it is computed for every call. */
    @Override
    public int hashCode() {
        return 31 * (31 * namespace.hashCode() + scaledObject.hashCode()) + trigger.hashCode();
    }
}
