package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.identity.Identity;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.telemetry.ConnectionStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** One redis-server and a pool of connections to one of its databases. Thread-safe; connects at first use. */
final class RedisNode implements AutoCloseable {

    private static final CommandObject<String> ASKING =
            new CommandObject<>(new CommandArguments(Protocol.Command.ASKING), BuilderFactory.STRING);

    private final String name;
    private final ConnectionStats stats;
    private final NodeConnector connector;
    private final NodePool pool;

    /**
     * Connects at first use.
     *
     * @param name for messages: host and port, or the path of a socket
     * @param addresses socket factories for a new connection, one for each current address of the name, at least one
     * @param identity gives the token of each connection, if that is not in the config
     * @param check throws if a new connection must not be read from
     * @param stats counts the traffic
     * @param nanoTime the clock by which connections are renewed
     */
    RedisNode(
            String name,
            Supplier<List<JedisSocketFactory>> addresses,
            JedisClientConfig config,
            Optional<Identity> identity,
            Consumer<Connection> check,
            ConnectionStats stats,
            LongSupplier nanoTime) {
        this.name = name;
        this.stats = stats;
        connector = new NodeConnector(name, addresses, config, identity, stats, nanoTime);
        pool = new NodePool(() -> connector.connect(check), connector.timeout(), stats, nanoTime);
    }

    /** The command, of which a reply that cannot be converted is an {@link UnexpectedReplyException}. */
    private static <T> CommandObject<T> checked(CommandObject<T> command) {
        return new CommandObject<>(command.getArguments(), new Builder<T>() {
            @Override
            public T build(Object reply) {
                try {
                    return command.getBuilder().build(reply);
                } catch (ClassCastException
                        | IndexOutOfBoundsException
                        | NullPointerException
                        | IllegalArgumentException e) {
                    throw new UnexpectedReplyException(
                            reply, commandName(command).toUpperCase(Locale.ROOT), e);
                }
            }
        });
    }

    String name() {
        return name;
    }

    /**
     * The reply to one command.
     *
     * @throws KeyspaceException if the command failed
     */
    <T> T execute(CommandObject<T> command) {
        return call(List.of(command), connection -> connection.executeCommand(checked(command)));
    }

    /** A section of INFO. A reply that is no text is a failure. */
    String info(String section) {
        return execute(Commands.info(section));
    }

    /** Sends the command after ASKING, to the node that the slot of its key is moving to. */
    <T> T executeAsking(CommandObject<T> command) {
        return call(List.of(ASKING, command), connection -> {
            connection.executeCommand(ASKING);
            return connection.executeCommand(checked(command));
        });
    }

    /**
     * The replies to commands sent in one round trip, in order; null for nil. An error reply other than those of
     * {@link #isOfTheKey} is thrown after all replies were read, so that the connection stays usable.
     *
     * @throws KeyspaceException if a command failed
     */
    <T> List<T> execute(List<CommandObject<T>> commands) {
        return commands.isEmpty() ? List.of() : call(commands, connection -> roundTrip(connection, commands));
    }

    private static <T> List<T> roundTrip(Connection connection, List<CommandObject<T>> commands) {
        commands.forEach(command -> connection.sendCommand(command.getArguments()));
        List<Object> replies = connection.getMany(commands.size());
        List<T> results = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            if (replies.get(i) instanceof RuntimeException error && !isOfTheKey(error)) {
                throw error;
            }
            results.add(checked(commands.get(i)).getBuilder().build(replies.get(i)));
        }
        return results;
    }

    /** Whether it is an error that concerns only the key of its command: a redirection, or another type than expected. */
    static boolean isOfTheKey(@Nullable Object reply) {
        return reply instanceof JedisRedirectionException
                || (reply instanceof JedisDataException error && RedisErrors.isWrongType(error));
    }

    /**
     * Runs the work on a pooled connection. Retries once on a new connection if the pooled one was dead, as after a
     * restart; if the name has several addresses, also after a timeout, which is then half of the whole. Does not retry
     * for a caller that no longer waits.
     *
     * <p>A connection is lost if a read fails because of it. One that the server closed while it was unused, and that a new
     * one replaces, is not.
     */
    private <T> T call(List<? extends CommandObject<?>> commands, Function<Connection, T> work) {
        boolean several = connector.severalAddresses();
        var closed = new AtomicBoolean();
        try {
            return attempt(commands, work, () -> closed.set(true));
        } catch (RuntimeException first) {
            KeyspaceException failure = explained(first);
            if (RedisErrors.isInterrupted(first)) {
                throw failure;
            }
            if (RedisErrors.isConnectionLost(first)) {
                pool.clear();
            }
            if (!RedisErrors.isStale(first) && !(several && failure.reason() == Reason.TIMEOUT)) {
                throw failure;
            }
        }
        try {
            return attempt(commands, work, stats::lost);
        } catch (RuntimeException second) {
            if (closed.get()) {
                stats.lost();
            }
            throw explained(second);
        }
    }

    private KeyspaceException explained(RuntimeException failure) {
        if (RedisErrors.isInterrupted(failure)) {
            return RedisErrors.interrupted(failure);
        }
        return pool.isClosed()
                ? new KeyspaceException(Reason.UNREACHABLE, "Redis at " + name + " is no longer used", failure)
                : RedisErrors.explain(name, failure);
    }

    /** @param whenClosed called if the server had closed the connection before it replied */
    private <T> T attempt(
            List<? extends CommandObject<?>> commands, Function<Connection, T> work, Runnable whenClosed) {
        try (Connection connection = pool.getResource()) {
            pool.renewIfOld(connection);
            connector.renewLogin(connection);
            long start = System.nanoTime();
            try {
                return work.apply(connection);
            } catch (RuntimeException e) {
                if (RedisErrors.isInterrupted(e)) {
                    throw e;
                }
                if (RedisErrors.isClosedBeforeReply(e)) {
                    whenClosed.run();
                } else if (RedisErrors.isConnectionLost(e)) {
                    stats.lost();
                }
                if (RedisErrors.isUnknownCommand(e)) {
                    refuseSentinel(connection, e);
                }
                throw e;
            } finally {
                stats.roundTrip(System.nanoTime() - start);
                tellSent(commands);
            }
        }
    }

    /** Throws if a server without a basic command is a Sentinel, configured by mistake. */
    private void refuseSentinel(Connection connection, RuntimeException failure) {
        NodeFactory.sentinelMaster(connection).ifPresent(master -> {
            throw RedisErrors.isSentinel(name, master, failure);
        });
    }

    private void tellSent(List<? extends CommandObject<?>> commands) {
        int counted = 0;
        for (int i = 1; i <= commands.size(); i++) {
            String name = commandName(commands.get(counted));
            if (i == commands.size() || !commandName(commands.get(i)).equals(name)) {
                stats.sent(name, i - counted);
                counted = i;
            }
        }
    }

    private static String commandName(CommandObject<?> command) {
        return command.getArguments().getCommand().toString();
    }

    /** Opens a connection outside the pool, which the caller must close. Throws the exceptions of the client library. */
    NodeConnection open() {
        NodeConnection connection = connector.connect(_ -> {});
        stats.connected();
        return connection;
    }

    /** Whether another connection should take its place: it is old, or should authenticate again with a newer token. */
    boolean shouldReplace(Connection connection) {
        return pool.isOld(connection) || connector.hasNewerLogin(connection);
    }

    ConnectionStats stats() {
        return stats;
    }

    @Override
    public void close() {
        pool.close();
    }
}
