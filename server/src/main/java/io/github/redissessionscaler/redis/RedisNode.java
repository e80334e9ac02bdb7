package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.identity.Identity;
import io.github.redissessionscaler.identity.Login;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.telemetry.ConnectionStats;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.PooledObjectFactory;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** One redis-server and a pool of connections to one of its databases. Thread-safe; connects at first use. */
final class RedisNode implements AutoCloseable {

    /** Reads in flight are shared, so few are ever needed at a time. */
    private static final int MOST_CONNECTIONS = 8;

    private static final Duration IDLE_CLOSED_AFTER = Duration.ofMinutes(2);

    /** A connection that is always in use would stay with a server that the name no longer leads to. */
    static final Duration RENEWED_AFTER = Duration.ofMinutes(5);

    /** Builds commands; stateless. */
    static final CommandObjects COMMANDS = new CommandObjects(RedisProtocol.RESP2);

    private static final CommandObject<String> ASKING =
            new CommandObject<>(new CommandArguments(Protocol.Command.ASKING), BuilderFactory.STRING);

    private final String name;
    private final Supplier<List<JedisSocketFactory>> addresses;
    private final JedisClientConfig config;
    private final Optional<Identity> identity;
    private final ConnectionStats stats;
    private final LongSupplier nanoTime;
    private final ConnectionFactory connections;
    private final ConnectionPool pool;
    private final MissingDatabase database;

    /** When connecting anew was last tried. */
    private final AtomicLong renewedAt;

    /** Connections that were opened earlier are closed instead of being used again. */
    private volatile long currentSince;

    private volatile boolean severalAddresses;

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
        this.addresses = addresses;
        this.config = config;
        this.identity = identity;
        this.nanoTime = nanoTime;
        currentSince = nanoTime.getAsLong();
        renewedAt = new AtomicLong(currentSince);
        database = new MissingDatabase(name, config.getDatabase(), System::nanoTime);
        var limits = new GenericObjectPoolConfig<Connection>();
        limits.setMaxTotal(MOST_CONNECTIONS);
        limits.setMaxIdle(MOST_CONNECTIONS);
        limits.setMaxWait(Duration.ofMillis(config.getSocketTimeoutMillis()));
        limits.setMinEvictableIdleDuration(IDLE_CLOSED_AFTER);
        limits.setTimeBetweenEvictionRuns(IDLE_CLOSED_AFTER);
        limits.setTestOnBorrow(true);
        limits.setJmxEnabled(false);
        connections = new ConnectionFactory(() -> connect(check), this::isCurrent, stats);
        pool = new LazyPool(connections, limits);
    }

    /**
     * The command with a converted reply.
     *
     * @param parser may throw any exception for a malformed reply; {@link #checked} maps it
     */
    static <T, R> CommandObject<R> parsed(CommandObject<T> command, Function<T, R> parser) {
        return new CommandObject<>(command.getArguments(), new Builder<R>() {
            @Override
            public R build(Object reply) {
                return parser.apply(command.getBuilder().build(reply));
            }
        });
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
        return execute(parsed(COMMANDS.info(section), Replies::text));
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
        boolean several = severalAddresses;
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
            renewIfOld(connection);
            renewLogin(connection);
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
        Connector.sentinelMaster(connection).ifPresent(master -> {
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

    /**
     * If the connection is old, connects anew in the background. If that succeeds, no earlier connection is used again. If it
     * fails, they stay in use, so no read fails because of it.
     */
    private void renewIfOld(Connection connection) {
        long last = renewedAt.get();
        long now = nanoTime.getAsLong();
        if (isOld(connection) && now - last > RENEWED_AFTER.toNanos() && renewedAt.compareAndSet(last, now)) {
            Thread.ofVirtual().name("renewal").start(() -> renew(now));
        }
    }

    private void renew(long now) {
        try (Connection _ = connections.create()) {
            currentSince = now;
        } catch (RuntimeException e) {
            // the next renewal may succeed
        }
    }

    private boolean isOld(Connection connection) {
        return connection instanceof NodeConnection own
                && nanoTime.getAsLong() - own.openedAt() > RENEWED_AFTER.toNanos();
    }

    private boolean isCurrent(Connection connection) {
        return connection instanceof NodeConnection own && own.openedAt() - currentSince >= 0;
    }

    /** Opens a connection outside the pool, which the caller must close. Throws the exceptions of the client library. */
    NodeConnection open() {
        NodeConnection connection = connect(_ -> {});
        stats.connected();
        return connection;
    }

    /** Connects to the address that answers first, because some may be dead. */
    private NodeConnection connect(Consumer<Connection> check) {
        database.check();
        List<JedisSocketFactory> now = addresses.get();
        severalAddresses = now.size() > 1;
        if (now.size() == 1) {
            return connect(now.getFirst(), check);
        }
        var race = new Race<NodeConnection>(RedisNode::closeQuietly);
        now.forEach(address -> race.start(() -> connect(address, check.andThen(RedisNode::requireAnswer))));
        return race.awaitLast(
                Duration.ofMillis(config.getSocketTimeoutMillis()),
                () -> new JedisConnectionException(new SocketTimeoutException("no address of " + name)));
    }

    private NodeConnection connect(JedisSocketFactory address, Consumer<Connection> check) {
        NodeConnection connection = selected(address);
        try {
            check.accept(connection);
            return connection;
        } catch (RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private NodeConnection selected(JedisSocketFactory address) {
        Optional<Login> login = identity.map(Identity::login);
        JedisClientConfig loggedIn = login.<JedisClientConfig>map(known -> DefaultJedisClientConfig.builder()
                        .from(config)
                        .credentials(new DefaultRedisCredentials(known.user(), known.token()))
                        .build())
                .orElse(config);
        try {
            NodeConnection connection = opened(address, loggedIn, login);
            database.found();
            return connection;
        } catch (JedisDataException e) {
            throw MissingDatabase.isSaidBy(e) ? database.missing(databases(address, loggedIn), e) : refused(e);
        }
    }

    /** Opens a connection. If that fails, closes its socket, which the library does for its own exceptions only. */
    private NodeConnection opened(JedisSocketFactory address, JedisClientConfig loggedIn, Optional<Login> login) {
        long now = nanoTime.getAsLong();
        List<Socket> connected = new ArrayList<>();
        JedisSocketFactory sockets = () -> {
            Socket socket = address.createSocket();
            connected.add(socket);
            return socket;
        };
        try {
            return new NodeConnection(sockets, loggedIn, login, now);
        } catch (Throwable e) {
            connected.forEach(socket -> GuardedSockets.close(socket, e));
            throw e;
        }
    }

    /** An error of Redis; if it refuses a token, one that says what to check. */
    private RuntimeException refused(JedisDataException error) {
        return identity.<RuntimeException>flatMap(
                        known -> String.valueOf(error.getMessage()).startsWith("WRONGPASS")
                                ? Optional.of(new KeyspaceException(
                                        Reason.WRONGPASS,
                                        "Redis at " + name + " refuses the token of the scaler's identity; "
                                                + known.whenRefused(),
                                        error))
                                : Optional.empty())
                .orElse(error);
    }

    /** Whether another connection should take its place: it is old, or should authenticate again with a newer token. */
    boolean shouldReplace(Connection connection) {
        try {
            return isOld(connection)
                    || (connection instanceof NodeConnection own
                            && own.login().flatMap(this::newer).isPresent());
        } catch (KeyspaceException e) {
            return false;
        }
    }

    /** The login for a connection that should authenticate again; empty if there is no newer token. */
    private Optional<Login> newer(Login login) {
        return identity.filter(known -> known.isDue(login))
                .map(Identity::login)
                .filter(newest -> !newest.token().equals(login.token()));
    }

    /**
     * Authenticates again if it is due and there is a newer token. If there is none, the connection is used until its
     * token ends.
     */
    private void renewLogin(Connection connection) {
        if (!(connection instanceof NodeConnection own)) {
            return;
        }
        Optional<Login> newer;
        try {
            newer = own.login().flatMap(this::newer);
        } catch (KeyspaceException e) {
            if (identity.orElseThrow().isValid(own.login().orElseThrow())) {
                return;
            }
            throw e;
        }
        newer.ifPresent(login -> {
            try {
                connection.executeCommand(new CommandArguments(Protocol.Command.AUTH)
                        .add(login.user())
                        .add(login.token()));
                stats.sent(Protocol.Command.AUTH.name(), 1);
                own.use(login);
            } catch (JedisDataException e) {
                throw refused(e);
            }
        });
    }

    /** Number of databases of a server that lacks this one; 0 if unknown. */
    private int databases(JedisSocketFactory address, JedisClientConfig loggedIn) {
        var anyDatabase =
                DefaultJedisClientConfig.builder().from(loggedIn).database(0).build();
        try (var connection = opened(address, anyDatabase, Optional.empty())) {
            return MissingDatabase.databases(connection, config.getDatabase());
        } catch (JedisException e) {
            return 0;
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (RuntimeException e) {
            // it was already broken
        }
    }

    private static void requireAnswer(Connection connection) {
        try {
            connection.executeCommand(Protocol.Command.PING);
        } catch (JedisDataException e) {
            // an error is a reply too
        }
    }

    ConnectionStats stats() {
        return stats;
    }

    @Override
    public void close() {
        pool.close();
    }

    /**
     * Does not replace a broken connection at once, as the library does on the thread that returns it: a server that does not
     * answer would cost each read its timeout a second time.
     */
    private static final class LazyPool extends ConnectionPool {

        LazyPool(PooledObjectFactory<Connection> factory, GenericObjectPoolConfig<Connection> limits) {
            super(factory, limits);
        }

        /** Called for each broken connection. Readers that wait for a connection need another one. */
        @Override
        public void addObject() throws Exception {
            if (getNumWaiters() > 0) {
                super.addObject();
            }
        }
    }

    /** Opens and closes the connections of the pool. */
    private static final class ConnectionFactory extends BasePooledObjectFactory<Connection> {

        private final Supplier<Connection> connect;
        private final Predicate<Connection> isCurrent;
        private final ConnectionStats stats;

        ConnectionFactory(Supplier<Connection> connect, Predicate<Connection> isCurrent, ConnectionStats stats) {
            this.connect = connect;
            this.isCurrent = isCurrent;
            this.stats = stats;
        }

        @Override
        public Connection create() {
            Connection made = connect.get();
            stats.connected();
            return made;
        }

        @Override
        public PooledObject<Connection> wrap(Connection connection) {
            return new DefaultPooledObject<>(connection);
        }

        @Override
        public boolean validateObject(PooledObject<Connection> pooled) {
            return isCurrent.test(pooled.getObject());
        }

        @Override
        public void destroyObject(PooledObject<Connection> pooled) {
            closeQuietly(pooled.getObject());
        }
    }
}
