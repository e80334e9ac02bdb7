package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.counting.InParallel;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The primaries of one connection. Thread-safe. Methods may ask Redis or its sentinels where they are, and throw
 * {@link KeyspaceException} when nobody tells.
 */
interface Servers extends AutoCloseable {

    /** The answers of all these servers, asked at once. */
    static <R> List<R> askEach(List<Server> servers, Function<Server, R> question) {
        try {
            return InParallel.map(servers, question::apply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", e);
        }
    }

    /** All primaries, at least one. */
    List<Server> primaries();

    /** The primary that has the key. */
    Server primaryOf(String key);

    /** The server that another one has sent us to. */
    Server at(Node node);

    /** What {@link io.github.redissessionscaler.counting.Keyspace#placement} says. */
    Optional<String> placement();

    /** Reads went wrong in a way that says the primaries may be others by now. */
    void suspect(KeyspaceException failure);

    /** Closes all connections. */
    @Override
    void close();
}
