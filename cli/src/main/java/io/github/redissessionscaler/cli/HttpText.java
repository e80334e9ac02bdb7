package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Printable;
import java.util.Optional;

/**
 * A response of a web server.
 *
 * @param location where it redirects to
 */
record HttpText(int status, Optional<String> location, String body) {

    boolean isJson() {
        return body.stripLeading().startsWith("{");
    }

    /** What is wrong with a response that is not 200, to follow the URL. */
    String problem() {
        return switch (status) {
            case 301, 302, 303, 307, 308 ->
                "redirects to " + location.map(Printable::of).orElse("another URL")
                        + "; give that URL if it is the right one";
            case 401 -> "answers 401: it needs a user and password, or a token, or refuses those given";
            case 403 -> "answers 403: access is not allowed";
            case 404 -> "answers 404: it has no such page";
            default -> "answers " + status;
        };
    }
}
