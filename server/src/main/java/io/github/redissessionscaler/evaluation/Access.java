package io.github.redissessionscaler.evaluation;

/** Which namespaces may read which Redis. Thread-safe; sends nothing to Redis. */
public interface Access {

    /**
     * Returns if triggers of the namespace may read the databases of the trigger.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with all databases that do not exist
     * @throws AccessDeniedException if the namespace may not use a connection
     */
    void check(TriggerRef ref);
}
