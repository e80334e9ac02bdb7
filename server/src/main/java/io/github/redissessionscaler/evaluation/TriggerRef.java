package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.trigger.Trigger;

/** One trigger of one ScaledObject, as KEDA asks about it. */
public record TriggerRef(String namespace, String scaledObject, Trigger trigger) {

    /** By hand, since it is made for every call. */
    @Override
    public int hashCode() {
        return 31 * (31 * namespace.hashCode() + scaledObject.hashCode()) + trigger.hashCode();
    }
}
