package io.github.redissessionscaler.layouts;

import java.time.Duration;

/** A library that keeps sessions in Redis, used as an application uses it. A session is named by its id. */
interface SessionLibrary extends AutoCloseable {

    /**
     * Begins a session; returns its id.
     *
     * @param timeout how long the session lives without being used, in whole seconds
     */
    String login(String user, Duration timeout) throws Exception;

    /** Gives the session another id, or another session in its place where the library cannot; returns the new id. */
    String rotate(String id) throws Exception;

    void logout(String id) throws Exception;

    /** Whether the session lives, as the library sees it; looking does not keep it alive. */
    boolean isAlive(String id) throws Exception;

    @Override
    void close();
}
