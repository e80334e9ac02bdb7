package io.github.redissessionscaler.redis;

import java.io.IOException;

/** What came is no reply of Redis, or more of one than the scaler takes. The message says how, and repeats nothing of it. */
final class MalformedReplyException extends IOException {

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
