package io.github.redissessionscaler.redis;

import java.io.IOException;

/** A reply is malformed or exceeds a limit. The message describes it without quoting it. */
final class MalformedReplyException extends IOException {

    static final String NO_REPLY = "data that does not begin like a reply";
    static final String TLS_RECORD = "data that begins like TLS";

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param what what the server sent, such as "a number without digits"
     */
    MalformedReplyException(String what) {
        super(what);
    }
}
