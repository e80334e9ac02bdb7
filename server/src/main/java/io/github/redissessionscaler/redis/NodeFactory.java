package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.identity.Identities;
import io.github.redissessionscaler.identity.Identity;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.redis.Discovery.NodeAddress;
import io.github.redissessionscaler.telemetry.ConnectionStats;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Creates nodes from addresses, with the credentials, TLS settings and timeouts of one connection.
 *
 * @param identities gives the tokens of credentials that are no password
 * @param timeout of connecting, and of each exchange of commands and replies
 * @param check throws if a new connection must not be read from
 * @param stats counts the traffic of all nodes
 */
record NodeFactory(
        Optional<Credentials> credentials,
        Identities identities,
        Optional<RedisTls> tls,
        int database,
        Duration timeout,
        Consumer<Connection> check,
        ConnectionStats stats) {

    private static final CommandObject<Object> ROLE =
            new CommandObject<>(new CommandArguments(Protocol.Command.ROLE), BuilderFactory.RAW_OBJECT);

    static NodeFactory of(
            ConnectionConfig connection, Identities identities, int database, Duration timeout, ConnectionStats stats) {
        return new NodeFactory(
                connection.credentials(), identities, connection.tls(), database, timeout, _ -> {}, stats);
    }

    /** For sentinels, which have their own credentials and no databases. */
    NodeFactory forSentinels(Optional<Credentials> sentinelCredentials) {
        return new NodeFactory(sentinelCredentials, identities, tls, 0, timeout, _ -> {}, stats);
    }

    /**
     * For primaries found by discovery. Each new connection checks with ROLE that the server still is a primary, because a
     * demoted primary drops its connections. The check is skipped without permission for ROLE.
     */
    NodeFactory forPrimaries() {
        return new NodeFactory(credentials, identities, tls, database, timeout, NodeFactory::requirePrimary, stats);
    }

    private static void requirePrimary(Connection connection) {
        Object role;
        try {
            role = connection.executeCommand(Protocol.Command.ROLE);
        } catch (JedisDataException e) {
            return;
        }
        requirePrimary(role);
    }

    /**
     * Checks the role of the server, if the user may call ROLE.
     *
     * @throws KeyspaceException if it is unavailable or not a primary
     */
    static void requirePrimary(RedisNode server) {
        try {
            requirePrimary(server.execute(ROLE));
        } catch (KeyspaceException e) {
            if (!e.reason().redisAvailable()) {
                throw e;
            }
        }
    }

    private static void requirePrimary(@Nullable Object role) {
        if (!isPrimary(role)) {
            throw new KeyspaceException(Reason.READONLY, "Redis is no longer a primary; looking up the new one");
        }
    }

    /** The name of a primary that the server monitors; empty if it is not a Sentinel. */
    static Optional<String> sentinelMaster(Connection connection) {
        try {
            return connection.executeCommand(Protocol.Command.ROLE) instanceof List<?> role
                            && role.size() > 1
                            && isText(role.getFirst(), "sentinel")
                            && role.get(1) instanceof List<?> masters
                    ? Optional.of(masters.stream()
                            .filter(byte[].class::isInstance)
                            .map(master -> Printable.plain(new String((byte[]) master, StandardCharsets.UTF_8)))
                            .findFirst()
                            .orElse("mymaster"))
                    : Optional.empty();
        } catch (JedisException e) {
            return Optional.empty();
        }
    }

    private static boolean isText(Object reply, String text) {
        return reply instanceof byte[] bytes && new String(bytes, StandardCharsets.US_ASCII).equals(text);
    }

    /** False only if the reply to ROLE names another role. */
    static boolean isPrimary(@Nullable Object role) {
        return !(role instanceof List<?> parts)
                || parts.isEmpty()
                || !(parts.getFirst() instanceof byte[] name)
                || new String(name, StandardCharsets.US_ASCII).equals("master");
    }

    /**
     * The node with this name, at the address of the name that answers first. If there are several addresses, an exchange
     * has half of the timeout, so that there is time to try another.
     */
    RedisNode server(Node node) {
        return server(node, node.toString(), () -> addresses(node));
    }

    /** The node at one address. */
    RedisNode server(NodeAddress place) {
        return server(place.node(), place.self().toString(), () -> List.of(place.address()));
    }

    private RedisNode server(Node node, String name, Supplier<List<InetAddress>> addresses) {
        JedisClientConfig config = clientConfig();
        return new RedisNode(
                name,
                () -> {
                    List<InetAddress> all = addresses.get();
                    Duration time = all.size() == 1 ? timeout : timeout.dividedBy(2);
                    return all.stream()
                            .map(address -> sockets(node, address, config, time))
                            .toList();
                },
                config,
                identity(),
                check,
                stats,
                System::nanoTime);
    }

    private JedisSocketFactory sockets(Node node, InetAddress address, JedisClientConfig config, Duration time) {
        var plain = new DefaultJedisSocketFactory(new HostAndPort(address.getHostAddress(), node.port()), config);
        return tls.<JedisSocketFactory>map(known -> new TlsSockets(plain, node, known, time))
                .orElseGet(() -> new GuardedSockets(plain, time));
    }

    private static List<InetAddress> addresses(Node node) {
        try {
            return List.of(InetAddress.getAllByName(node.host()));
        } catch (UnknownHostException e) {
            throw new JedisConnectionException("no address for " + node, e);
        }
    }

    RedisNode server(Path socket) {
        return new RedisNode(
                socket.toString(),
                () -> List.of(new GuardedSockets(() -> UnixSocketAdapter.connect(socket, timeout), timeout)),
                clientConfig(),
                identity(),
                check,
                stats,
                System::nanoTime);
    }

    private JedisClientConfig clientConfig() {
        int millis = Math.toIntExact(timeout.toMillis());
        var config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .database(database)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        credentials
                .filter(known -> !(known.password() instanceof Secret.Token))
                .ifPresent(known -> config.credentialsProvider(new RereadCredentials(known)));
        return config.build();
    }

    private Optional<Identity> identity() {
        return credentials
                .map(Credentials::password)
                .filter(Secret.Token.class::isInstance)
                .map(Secret.Token.class::cast)
                .map(token -> identities.of(token.identity()));
    }
}
