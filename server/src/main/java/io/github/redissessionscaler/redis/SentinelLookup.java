package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.redis.Discovery.Found;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.util.SafeEncoder;

/**
 * The primary named by the sentinels. All of them are queried at first use, after a failure that a failover may have
 * caused, and every few seconds while the primary is in use. The role of the named server is checked first, because a
 * partitioned sentinel still names the previous primary.
 */
final class SentinelLookup implements PrimaryLookup {

    private final Topology.Sentinel topology;
    private final ServerMap<Node> primaries;
    private final Discovery<Node> primary;

    SentinelLookup(Topology.Sentinel topology, NodeFactory factory) {
        this.topology = topology;
        NodeFactory toPrimaries = factory.forPrimaries();
        primaries = new ServerMap<>(toPrimaries::server);
        primary = new Discovery<>(
                topology::sentinels,
                factory.forSentinels(topology.sentinelCredentials()),
                (_, sentinel) -> ask(sentinel),
                node -> primaries.keepOnly(node::equals));
    }

    @Override
    public List<RedisNode> primaries() {
        return List.of(primary());
    }

    @Override
    public RedisNode primaryOf(String key) {
        return primary();
    }

    @Override
    public RedisNode at(Node node) {
        return primary();
    }

    @Override
    public <R> R ofAny(Function<RedisNode, R> question) {
        return question.apply(primary());
    }

    @Override
    public Optional<String> placement() {
        return Optional.of(primary().name());
    }

    @Override
    public void invalidate(KeyspaceException failure) {
        if (PrimaryLookup.mayBeOthers(failure)) {
            primary.doubt();
        }
    }

    @Override
    public Optional<?> known() {
        return primary.known();
    }

    @Override
    public boolean haveChanged(Optional<?> before, KeyspaceException failure) {
        return PrimaryLookup.mayBeOthers(failure) && primary.hasChanged(before);
    }

    @Override
    public void close() {
        primary.close();
        primaries.close();
    }

    private RedisNode primary() {
        return primaries.get(primary.current());
    }

    private Found<Node> ask(RedisNode sentinel) {
        Node node = sentinel.execute(question("GET-MASTER-ADDR-BY-NAME", SentinelLookup::parse))
                .orElseThrow(() -> new KeyspaceException(
                        Reason.OTHER,
                        "the sentinel at " + sentinel.name() + " knows no primary named "
                                + topology.masterName()
                                + "; give the name that the sentinels use, by default mymaster"));
        NodeFactory.requirePrimary(primaries.get(node));
        return new Found<>(node, epoch(sentinel));
    }

    /** Number of failovers known to this sentinel; 0 if unknown. */
    private long epoch(RedisNode sentinel) {
        try {
            return sentinel.execute(question("MASTER", SentinelLookup::parseEpoch));
        } catch (KeyspaceException e) {
            return 0;
        }
    }

    private <R> CommandObject<R> question(String subcommand, Function<List<String>, R> parser) {
        var arguments = new CommandArguments(Protocol.Command.SENTINEL)
                .add(SafeEncoder.encode(subcommand))
                .add(topology.masterName());
        return Commands.parsed(new CommandObject<>(arguments, BuilderFactory.STRING_LIST), parser);
    }

    /** Host and port, or nil for a name that the sentinel does not know. */
    static Optional<Node> parse(@Nullable List<String> address) {
        return Optional.ofNullable(address).map(known -> new Node(known.get(0), Integer.parseInt(known.get(1))));
    }

    /** Parses a list of names, each followed by its value. */
    static long parseEpoch(@Nullable List<String> fields) {
        int name = fields == null ? -1 : fields.indexOf("config-epoch");
        return fields == null || name < 0 ? 0 : Long.parseLong(fields.get(name + 1));
    }
}
