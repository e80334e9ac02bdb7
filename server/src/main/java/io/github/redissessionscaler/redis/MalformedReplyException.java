package io.github.redissessionscaler.redis;

import java.io.IOException;

/** What came is no reply of Redis, or more of one than the scaler takes. The message says how, and repeats nothing of it. */
final class MalformedReplyException extends IOException {

    static final String NO_REPLY = "what does not begin as a reply does";
    static final String TLS_RECORD = "what begins as TLS does";

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param what what the server has sent, such as "a number without digits"
     */
    MalformedReplyException(String what) {
        super(what);
    }
}
