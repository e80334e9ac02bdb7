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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Opens connections to one node, authenticates them, again where tokens end, and selects the database. Throws the exceptions of
 * the client library, and {@link KeyspaceException} where it knows more. Thread-safe.
 */
final class NodeConnector {

    private final String name;
    private final Supplier<List<JedisSocketFactory>> addresses;
    private final JedisClientConfig config;
    private final Optional<Identity> identity;
    private final ConnectionStats stats;
    private final LongSupplier nanoTime;
    private final MissingDatabase database;
    private volatile boolean severalAddresses;

    /**
     * Nothing is open yet.
     *
     * @param name for messages: host and port, or the path of a socket
     * @param addresses socket factories for a new connection, one for each current address of the name, at least one
     * @param identity gives the token of each connection, if that is not in the config
     * @param stats counts what is sent to authenticate again
     * @param nanoTime the clock of the connections
     */
    NodeConnector(
            String name,
            Supplier<List<JedisSocketFactory>> addresses,
            JedisClientConfig config,
            Optional<Identity> identity,
            ConnectionStats stats,
            LongSupplier nanoTime) {
        this.name = name;
        this.addresses = addresses;
        this.config = config;
        this.identity = identity;
        this.stats = stats;
        this.nanoTime = nanoTime;
        database = new MissingDatabase(name, config.getDatabase(), System::nanoTime);
    }

    /** Of connecting, and of each exchange of commands and replies. */
    Duration timeout() {
        return Duration.ofMillis(config.getSocketTimeoutMillis());
    }

    /** Whether the name had several addresses when a connection was last opened. */
    boolean severalAddresses() {
        return severalAddresses;
    }

    /**
     * Connects to the address that answers first, because some may be dead.
     *
     * @param check throws if the connection must not be read from
     */
    NodeConnection connect(Consumer<Connection> check) {
        database.check();
        List<JedisSocketFactory> now = addresses.get();
        severalAddresses = now.size() > 1;
        if (now.size() == 1) {
            return connect(now.getFirst(), check);
        }
        var race = new Race<NodeConnection>(NodeConnection::closeQuietly);
        now.forEach(address -> race.start(() -> connect(address, check.andThen(NodeConnector::requireAnswer))));
        return race.awaitLast(
                timeout(), () -> new JedisConnectionException(new SocketTimeoutException("no address of " + name)));
    }

    private NodeConnection connect(JedisSocketFactory address, Consumer<Connection> check) {
        NodeConnection connection = selected(address);
        try {
            check.accept(connection);
            return connection;
        } catch (RuntimeException e) {
            NodeConnection.closeQuietly(connection);
            throw e;
        }
    }

    private static void requireAnswer(Connection connection) {
        try {
            connection.executeCommand(Protocol.Command.PING);
        } catch (JedisDataException e) {
            // an error is a reply too
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

    /** Whether the connection should authenticate again, and there is a newer token. */
    boolean hasNewerLogin(Connection connection) {
        try {
            return connection instanceof NodeConnection own
                    && own.login().flatMap(this::newer).isPresent();
        } catch (KeyspaceException e) {
            return false;
        }
    }

    /**
     * Authenticates again if it is due and there is a newer token. If there is none, the connection is used until its
     * token ends.
     */
    void renewLogin(Connection connection) {
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

    /** The login for a connection that should authenticate again; empty if there is no newer token. */
    private Optional<Login> newer(Login login) {
        return identity.filter(known -> known.isDue(login))
                .map(Identity::login)
                .filter(newest -> !newest.token().equals(login.token()));
    }
}
