package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * An answer over HTTP.
 *
 * @param type the Content-Type, of text in UTF-8
 * @param content writes the body
 * @param tag names this very content, so that who has it need not be sent it again; what has none is never stored
 */
record Response(int status, String type, Body.Content content, Optional<String> tag) {

    private static final String TEXT = "text/plain; charset=utf-8";

    /** A line of text for people and scripts. */
    static Response text(int status, String line) {
        return of(status, TEXT, out -> out.write((line + "\n").getBytes(UTF_8)));
    }

    static Response of(int status, String type, Body.Content content) {
        return new Response(status, type, content, Optional.empty());
    }
}
