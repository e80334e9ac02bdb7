package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * The primaries of one connection. Thread-safe. Where they are is looked up in the background; only while
 * nothing is known, methods wait for it, for less than a call's time, and throw {@link KeyspaceException} when nobody says.
 */
interface PrimaryLookup extends AutoCloseable {

    /** The answers of all these servers, asked at once. */
    static <R> List<R> askEach(List<RedisNode> servers, Function<RedisNode, R> question) {
        try {
            return InParallel.map(servers, question::apply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", e);
        }
    }

    /** All primaries, at least one. */
    List<RedisNode> primaries();

    /** The primary that has the key. */
    RedisNode primaryOf(String key);

    /** The server that another one has sent us to. */
    RedisNode at(Node node);

    /** What {@link io.github.redissessionscaler.keyspace.Keyspace#placement} says. */
    Optional<String> placement();

    /** What one primary says, whichever: another is asked too when the first one fails, or takes long. */
    <R> R ofAny(Function<RedisNode, R> question);

    /** A read has failed. If the primaries may be others by now, they are looked up in the background. */
    void suspect(KeyspaceException failure);

    /**
     * The same, and waits for the answer for a fraction of a call's time. Returns whether the primaries are others now, so that
     * the read should be tried again.
     */
    boolean haveChanged(KeyspaceException failure);

    /** Whether a failure can come from a change of the primaries. What a server says of a command or a key does not. */
    static boolean mayBeOthers(KeyspaceException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE, TIMEOUT, DNS, TLS, LOADING, MASTERDOWN, CLUSTERDOWN, READONLY -> true;
            case OUT_OF_MEMORY,
                    BUSY,
                    MAX_CLIENTS,
                    NOAUTH,
                    WRONGPASS,
                    NOPERM,
                    WRONGTYPE,
                    NOT_A_NUMBER,
                    OTHER,
                    NOT_COUNTED,
                    INTERNAL -> failure.getCause() instanceof JedisRedirectionException;
        };
    }

    /** Closes all connections. */
    @Override
    void close();
}
