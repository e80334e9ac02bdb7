package io.github.redissessionscaler.management;

/** What answers GET and HEAD of one path. Thread-safe. */
@FunctionalInterface
interface Endpoint {

    /**
     * The answer.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if the parameters cannot be used
     */
    Response answer(RequestParameters parameters);
}
