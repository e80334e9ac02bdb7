package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.ConnectionStats;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** A keyspace on the servers of any topology. */
final class RedisKeyspace implements Keyspace, AutoCloseable {

    /** The servers of a keyspace: the configured connection, the index of the database, the primaries. */
    record Backend(ConnectionConfig connection, int database, PrimaryLookup servers, ConnectionStats stats) {

        /** Runs a read and records its outcome. */
        <T> T noted(Supplier<T> read) {
            try {
                T answer = read.get();
                stats.answered();
                return answer;
            } catch (KeyspaceException e) {
                failed(e);
                throw e;
            } catch (ClassCastException
                    | IndexOutOfBoundsException
                    | NullPointerException
                    | IllegalArgumentException e) {
                if (!RedisErrors.isOfAReply(e)) {
                    throw e;
                }
                KeyspaceException malformed = RedisErrors.explain("connection " + connection.name(), e);
                failed(malformed);
                throw malformed;
            }
        }

        /** Records a failed read, so that the primaries are looked up again. An interrupted one says nothing about Redis. */
        void failed(KeyspaceException failure) {
            if (RedisErrors.isInterrupted(failure)) {
                return;
            }
            servers.invalidate(failure);
            KeyspaceException.Reason reason = failure.reason();
            stats.failed(reason.name(), String.valueOf(failure.getMessage()), reason.redisAvailable());
        }
    }

    private volatile Backend backend;
    private volatile long usedAt = System.nanoTime();
    private volatile boolean idle;

    RedisKeyspace(Backend backend) {
        this.backend = backend;
    }

    /** Switches to this connection if it has changed or was closed. The previous servers stay open. */
    void use(ConnectionConfig connection, Supplier<Backend> newBackend) {
        usedAt = System.nanoTime();
        if (idle || !backend.connection().leadsAs(connection)) {
            replace(connection, newBackend);
        }
    }

    private synchronized void replace(ConnectionConfig connection, Supplier<Backend> newBackend) {
        if (idle || !backend.connection().leadsAs(connection)) {
            backend = newBackend.get();
            idle = false;
        }
    }

    /** Closes its servers if they were unused for this time. The next {@link #use} creates new ones. */
    synchronized void closeIfUnusedFor(Duration time) {
        if (!idle && System.nanoTime() - usedAt >= time.toNanos()) {
            idle = true;
            backend.servers().close();
        }
    }

    /** The current servers. */
    PrimaryLookup servers() {
        return backend.servers();
    }

    @Override
    public void ping() {
        ask(servers -> servers.ofAny(any -> any.execute(Commands.ping())));
    }

    @Override
    public long size() {
        return ask(all -> {
            long sum = 0;
            for (long size : PrimaryLookup.askEach(all.primaries(), server -> server.execute(Commands.DBSIZE))) {
                sum += size;
            }
            return sum;
        });
    }

    @Override
    public Optional<String> get(String key) {
        return ofKey(key, Commands::get);
    }

    @Override
    public Optional<KeyType> type(String key) {
        String name = ofKey(key, Commands::type);
        Optional<KeyType> type = KeyType.named(name);
        if (type.isEmpty() && !name.equals(Shard.GONE)) {
            throw new KeyspaceException(
                    Reason.WRONGTYPE,
                    "the key %s holds a %s, which cannot be counted"
                            .formatted(Printable.of(key), Printable.plain(name)));
        }
        return type;
    }

    @Override
    public long cardinality(String key, KeyType type) {
        return ofKey(key, name -> Commands.cardinality(name, type));
    }

    @Override
    public long countByScore(String key, double min, double max) {
        return ofKey(key, name -> Commands.countByScore(name, min, max));
    }

    @Override
    public Instant time() {
        return ask(servers -> servers.ofAny(any -> any.execute(Commands.time())));
    }

    @Override
    public Optional<String> placement() {
        return ask(PrimaryLookup::placement);
    }

    @Override
    public List<String> warnings() {
        Backend now = backend;
        return switch (now.connection().topology()) {
            case Topology.Standalone _, Topology.UnixSocket _ ->
                now.noted(() -> doubts(now.servers().primaries().getFirst()));
            case Topology.Cluster _ -> now.noted(() -> now.servers().warnings());
            case Topology.Sentinel _ -> List.of();
        };
    }

    private static List<String> doubts(RedisNode server) {
        return Stream.concat(OneNode.warnings(server).stream(), ReplicaLink.warnings(server).stream())
                .toList();
    }

    @Override
    public Map<Integer, Long> otherDatabases() {
        Backend now = backend;
        Map<Integer, Long> sizes = new TreeMap<>();
        now.noted(() -> {
            now.servers().primaries().stream()
                    .map(server -> new RedisShard(server, now).databaseSizes())
                    .forEach(each -> each.forEach((index, keys) -> sizes.merge(index, keys, Long::sum)));
            return sizes;
        });
        sizes.remove(now.database());
        return sizes;
    }

    /** May return known shards without a request, so a result does not show that Redis is available. */
    @Override
    public List<Shard> shards() {
        Backend now = backend;
        try {
            return now.servers().primaries().stream()
                    .<Shard>map(server -> new RedisShard(server, now))
                    .toList();
        } catch (KeyspaceException e) {
            now.failed(e);
            throw e;
        }
    }

    /** Events of every primary until the feed is closed. */
    EventFeed listen(KeyspaceEvents.Listener listener) {
        return EventFeed.start(
                () -> {
                    usedAt = System.nanoTime();
                    return backend;
                },
                listener);
    }

    @Override
    public void close() {
        backend.servers().close();
    }

    /** Follows a key that has moved, or is moving, to another primary. */
    private <T> T ofKey(String key, Function<byte[], CommandObject<T>> commandOf) {
        CommandObject<T> command = commandOf.apply(key.getBytes(UTF_8));
        return ask(all -> {
            RedisNode primary = all.primaryOf(key);
            try {
                return primary.execute(command);
            } catch (KeyspaceException e) {
                return switch (e.getCause()) {
                    case JedisMovedDataException moved -> {
                        all.invalidate(e);
                        yield all.at(target(moved, primary)).execute(command);
                    }
                    case JedisAskDataException asking ->
                        all.at(target(asking, primary)).executeAsking(command);
                    case null, default -> throw e;
                };
            }
        });
    }

    /** The target of a redirection. Without a host it is the same host with another port. */
    private static Node target(JedisRedirectionException redirection, RedisNode from) {
        HostAndPort target = redirection.getTargetNode();
        String host = target.getHost().isEmpty()
                ? Node.parse(from.name(), target.getPort()).map(Node::host).orElse("")
                : target.getHost();
        try {
            return Replies.node(host, target.getPort());
        } catch (IllegalArgumentException e) {
            throw RedisErrors.explain(
                    from.name(), new UnexpectedReplyException("a redirection to the port " + target.getPort(), e));
        }
    }

    /** Retries once if the primaries have changed. */
    private <T> T ask(Function<PrimaryLookup, T> question) {
        Backend now = backend;
        PrimaryLookup servers = now.servers();
        return now.noted(() -> {
            Optional<?> before = servers.known();
            try {
                return question.apply(servers);
            } catch (KeyspaceException e) {
                if (RedisErrors.isInterrupted(e) || !servers.haveChanged(before, e)) {
                    throw e;
                }
                return question.apply(servers);
            }
        });
    }
}
