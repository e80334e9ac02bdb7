package io.github.redissessionscaler.push;

/**
 * Who listens at the other end of a stream. One method is called at a time, except {@link #isReady}, which any thread may
 * call; none is called after {@link #end} or {@link #fail}.
 */
public interface StreamClient {

    /** Whether a message can be taken without piling up. When that becomes true, {@link Subscription#ready} is owed. */
    boolean isReady();

    void send(boolean active);

    /** Ends the stream well, so that KEDA comes back after 2 s. */
    void end();

    /** Ends the stream because its trigger cannot be answered. */
    void fail(RuntimeException reason);
}
