package io.github.redissessionscaler.management;

/** Handles GET and HEAD of one path. Thread-safe. */
@FunctionalInterface
interface Endpoint {

    /**
     * Handles a request.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if the parameters are invalid
     */
    Response answer(RequestParameters parameters);
}
