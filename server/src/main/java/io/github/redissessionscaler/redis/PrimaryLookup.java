package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * The primaries of one connection. Thread-safe. They are looked up in the background. While none are known, methods wait
 * for the lookup, for less than the timeout, and throw {@link KeyspaceException} if it fails.
 */
interface PrimaryLookup extends AutoCloseable {

    /** Queries all servers in parallel. */
    static <R> List<R> askEach(List<RedisNode> servers, Function<RedisNode, R> question) {
        try {
            return InParallel.mapUninterrupted(servers, question::apply);
        } catch (InterruptedException e) {
            throw RedisErrors.interrupted(e);
        }
    }

    /** All primaries, at least one. */
    List<RedisNode> primaries();

    /** Why the primaries may not have all keys; usually none. */
    default List<String> warnings() {
        return List.of();
    }

    /** The primary that has the key. */
    RedisNode primaryOf(String key);

    /** The node that another one redirects to. */
    RedisNode at(Node node);

    /** See {@link io.github.redissessionscaler.keyspace.Keyspace#placement}. */
    Optional<String> placement();

    /** Queries any one primary. Tries another if the first one fails or is slow. */
    <R> R ofAny(Function<RedisNode, R> question);

    /** A read has failed. If a change of the primaries may be the cause, looks them up again in the background. */
    void invalidate(KeyspaceException failure);

    /** The result of the last lookup, to compare with a later one; empty if there is none. */
    Optional<?> known();

    /**
     * Whether the primaries have changed, so that the read should be retried. If a change is not known yet, looks them up
     * as {@link #invalidate} does, and waits for the lookup for a fraction of the timeout.
     *
     * @param before {@link #known} before the read
     */
    boolean haveChanged(Optional<?> before, KeyspaceException failure);

    /** Whether a change of the primaries may have caused the failure. Errors about a command or a key do not count. */
    static boolean mayBeOthers(KeyspaceException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE, TIMEOUT, DNS, TLS, LOADING, MASTERDOWN, CLUSTERDOWN, READONLY -> true;
            case OUT_OF_MEMORY,
                    BUSY,
                    MAX_CLIENTS,
                    NOAUTH,
                    WRONGPASS,
                    IDENTITY,
                    NOPERM,
                    WRONGTYPE,
                    NOT_A_NUMBER,
                    UNSUPPORTED,
                    OTHER,
                    NOT_COUNTED,
                    INTERNAL -> failure.getCause() instanceof JedisRedirectionException;
        };
    }

    /** Closes all connections. */
    @Override
    void close();
}
