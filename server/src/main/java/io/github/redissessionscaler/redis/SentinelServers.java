package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.util.SafeEncoder;

/**
 * The primary that the sentinels name. They are asked when it is first needed, after every failure, and every few seconds,
 * so that a primary which came back as a replica is not read for long.
 */
final class SentinelServers implements Servers {

    private static final Duration TRUSTED_FOR = Duration.ofSeconds(2);

    private final Topology.Sentinel topology;
    private final Connector connector;
    private final List<Server> sentinels;
    private Optional<Primary> primary = Optional.empty();

    private record Primary(Node node, Server server, long askedAt) {}

    SentinelServers(Topology.Sentinel topology, Connector connector) {
        this.topology = topology;
        this.connector = connector.forPrimaries();
        Connector toSentinels = connector.forSentinels(topology.sentinelCredentials());
        this.sentinels = topology.sentinels().stream().map(toSentinels::server).toList();
    }

    @Override
    public List<Server> primaries() {
        return List.of(primary());
    }

    @Override
    public Server primaryOf(String key) {
        return primary();
    }

    @Override
    public Server at(Node node) {
        return primary();
    }

    @Override
    public Optional<String> placement() {
        return Optional.of(primary().name());
    }

    @Override
    public synchronized void suspect(KeyspaceException failure) {
        primary = primary.map(known -> new Primary(known.node, known.server, Long.MIN_VALUE / 2));
    }

    @Override
    public synchronized void close() {
        primary.ifPresent(known -> known.server.close());
        sentinels.forEach(Server::close);
    }

    private synchronized Server primary() {
        long now = System.nanoTime();
        if (primary.isEmpty() || now - primary.get().askedAt > TRUSTED_FOR.toNanos()) {
            Node node = askSentinels();
            if (primary.isPresent() && primary.get().node.equals(node)) {
                primary = Optional.of(new Primary(node, primary.get().server, now));
            } else {
                primary.ifPresent(former -> former.server.close());
                primary = Optional.of(new Primary(node, connector.server(node), now));
            }
        }
        return primary.get().server;
    }

    private Node askSentinels() {
        var arguments = new CommandArguments(Protocol.Command.SENTINEL)
                .add(SafeEncoder.encode("GET-MASTER-ADDR-BY-NAME"))
                .add(topology.masterName());
        var question = new CommandObject<>(arguments, BuilderFactory.STRING_LIST);
        KeyspaceException last = new KeyspaceException(Reason.UNREACHABLE, "there is no sentinel");
        for (Server sentinel : sentinels) {
            try {
                Optional<Node> node = sentinel.execute(Server.parsed(question, SentinelServers::parse));
                if (node.isPresent()) {
                    return node.get();
                }
                last = new KeyspaceException(
                        Reason.OTHER,
                        "the sentinel at " + sentinel.name() + " knows no primary named " + topology.masterName());
            } catch (KeyspaceException e) {
                last = e;
            }
        }
        throw last;
    }

    /** Host and port, or nil for a name that the sentinel does not know. */
    static Optional<Node> parse(@Nullable List<String> address) {
        return Optional.ofNullable(address).map(known -> new Node(known.get(0), Integer.parseInt(known.get(1))));
    }
}
