package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;

/**
 * Makes servers of addresses, with the credentials, the TLS and the time limits of one connection.
 *
 * @param timeout of connecting and of each reply
 */
record Connector(Optional<Credentials> credentials, Optional<RedisTls> tls, int database, Duration timeout) {

    static Connector of(ConnectionConfig connection, int database, Duration timeout) {
        return new Connector(connection.credentials(), connection.tls(), database, timeout);
    }

    /** The same for sentinels, which have credentials of their own and no databases. */
    Connector forSentinels(Optional<Credentials> sentinelCredentials) {
        return new Connector(sentinelCredentials, tls, 0, timeout);
    }

    Server server(Node node) {
        JedisClientConfig config = clientConfig();
        var plain = new DefaultJedisSocketFactory(new HostAndPort(node.host(), node.port()), config);
        JedisSocketFactory sockets = tls.<JedisSocketFactory>map(known -> new TlsSockets(plain, node, known))
                .orElse(plain);
        return new Server(node.toString(), sockets, config);
    }

    Server server(Path socket) {
        return new Server(socket.toString(), () -> UnixSocketAdapter.connect(socket, timeout), clientConfig());
    }

    private JedisClientConfig clientConfig() {
        int millis = Math.toIntExact(timeout.toMillis());
        var config = DefaultJedisClientConfig.builder()
                .resp2()
                .autoNegotiateProtocol(false)
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .database(database)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        credentials.ifPresent(known -> config.credentialsProvider(new RereadCredentials(known)));
        return config.build();
    }
}
