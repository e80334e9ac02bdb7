package io.github.redissessionscaler.redis;

import java.io.IOException;

/** A reply is malformed or exceeds a limit. The message quotes at most its first bytes, and no secret. */
final class MalformedReplyException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What the peer seems to be. */
    enum Peer {
        /** A Redis server, or a proxy of one. */
        REDIS,
        /** Data that begins like TLS. */
        TLS,
        /** Data that does not begin like a reply. */
        OTHER
    }

    private final Peer peer;

    /**
     * A failure.
     *
     * @param what what the server sent, such as "a number without digits"
     */
    MalformedReplyException(String what) {
        this(Peer.REDIS, what);
    }

    /** The same, from any peer. */
    MalformedReplyException(Peer peer, String what) {
        super(what);
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }
}
