package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.counting.KeyspaceException;
import java.util.List;

/**
 * The primaries of one connection. Thread-safe. Methods may ask Redis or its sentinels where they are, and throw
 * {@link KeyspaceException} when nobody tells.
 */
interface Servers extends AutoCloseable {

    /** All primaries, at least one. */
    List<Server> primaries();

    /** The primary that has the key. */
    Server primaryOf(String key);

    /** The server that another one has sent us to. */
    Server at(Node node);

    /** Reads went wrong in a way that says the primaries may be others by now. */
    void suspect(KeyspaceException failure);

    /** Closes all connections. */
    @Override
    void close();
}
