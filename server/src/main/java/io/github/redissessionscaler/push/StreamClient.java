package io.github.redissessionscaler.push;

/**
 * The client of a stream. Methods are called one at a time, except {@link #isReady}, which any thread may call; none is
 * called after {@link #end} or {@link #fail}.
 */
public interface StreamClient {

    /**
     * Whether a message can be sent without buffering. When that becomes true, the client must call
     * {@link ActivityStream#ready}.
     */
    boolean isReady();

    void send(boolean active);

    /** Ends the stream with status OK; KEDA reopens it after 2 s. */
    void end();

    /** Ends the stream with an error. */
    void fail(RuntimeException reason);
}
