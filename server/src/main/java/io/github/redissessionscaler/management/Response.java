package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * An HTTP response.
 *
 * @param type the Content-Type
 * @param content writes the body
 * @param tag the ETag; without one, clients must not cache the response
 */
record Response(int status, String type, Body.Content content, Optional<String> tag) {

    private static final String TEXT = "text/plain; charset=utf-8";

    /** A line of plain text. */
    static Response text(int status, String line) {
        return of(status, TEXT, out -> out.write((line + "\n").getBytes(UTF_8)));
    }

    static Response of(int status, String type, Body.Content content) {
        return new Response(status, type, content, Optional.empty());
    }
}
