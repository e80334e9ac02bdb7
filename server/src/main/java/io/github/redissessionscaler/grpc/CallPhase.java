package io.github.redissessionscaler.grpc;

/** What a call waits for. A call without a phase waits for its message. */
enum CallPhase {
    /** For the end of its request: the message has arrived. */
    MESSAGE,
    /** For the scaler. */
    REQUESTED,
    /** For its client to read the response, since the last sweep or longer. */
    UNREAD,
    /** For nothing: it is an open stream. */
    KEPT
}
