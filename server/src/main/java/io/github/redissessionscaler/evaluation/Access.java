package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.trigger.Database;

/** Which namespaces may read which Redis. Thread-safe; sends nothing to Redis. */
public interface Access {

    /**
     * Returns if triggers of the namespace may read the database.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws AccessDeniedException if the namespace may not use its connection
     */
    void check(String namespace, Database database);
}
