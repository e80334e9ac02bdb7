package io.github.redissessionscaler.redis;

import static io.github.redissessionscaler.redis.Server.COMMANDS;

import io.github.redissessionscaler.counting.Keyspace;
import io.github.redissessionscaler.counting.KeyspaceEvents;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import io.github.redissessionscaler.counting.Shard;
import io.github.redissessionscaler.problem.Quoted;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;

/** A keyspace over whatever servers hold it. */
final class RedisKeyspace implements Keyspace, AutoCloseable {

    private final Servers servers;
    private final int database;

    RedisKeyspace(Servers servers, int database) {
        this.servers = servers;
        this.database = database;
    }

    @Override
    public void ping() {
        ask(any -> any.primaries().getFirst().execute(COMMANDS.ping()));
    }

    @Override
    public long size() {
        return ask(all -> all.primaries().stream()
                .mapToLong(server -> server.execute(COMMANDS.dbSize()))
                .sum());
    }

    @Override
    public Optional<String> get(String key) {
        return ask(all -> Optional.ofNullable(all.primaryOf(key).execute(COMMANDS.get(key))));
    }

    @Override
    public Optional<KeyType> type(String key) {
        String name = ask(all -> all.primaryOf(key).execute(COMMANDS.type(key)));
        Optional<KeyType> type = parseType(name);
        if (type.isEmpty() && !name.equals("none")) {
            throw new KeyspaceException(
                    Reason.WRONGTYPE, "the key %s holds a %s, which is not counted".formatted(Quoted.of(key), name));
        }
        return type;
    }

    @Override
    public long cardinality(String key, KeyType type) {
        CommandObject<Long> command = switch (type) {
            case LIST -> COMMANDS.llen(key);
            case SET -> COMMANDS.scard(key);
            case ZSET -> COMMANDS.zcard(key);
            case HASH -> COMMANDS.hlen(key);
            case STREAM -> COMMANDS.xlen(key);
            case STRING -> COMMANDS.pfcount(key);
        };
        return ask(all -> all.primaryOf(key).execute(command));
    }

    @Override
    public long countByScore(String key, double min, double max) {
        return ask(all -> all.primaryOf(key).execute(COMMANDS.zcount(key, min, max)));
    }

    @Override
    public Instant time() {
        var command = new CommandObject<>(new CommandArguments(Protocol.Command.TIME), BuilderFactory.STRING_LIST);
        List<String> time = ask(all -> all.primaries().getFirst().execute(command));
        return Instant.ofEpochSecond(Long.parseLong(time.get(0)), 1_000 * Long.parseLong(time.get(1)));
    }

    @Override
    public List<Shard> shards() {
        return ask(all -> all.primaries().stream()
                .<Shard>map(server -> new RedisShard(server, database, servers::suspect))
                .toList());
    }

    /** Events of every primary until the feed is closed. */
    EventFeed listen(KeyspaceEvents.Listener listener) {
        return EventFeed.start(servers, database, listener);
    }

    @Override
    public void close() {
        servers.close();
    }

    /** The type that TYPE names, or empty for one of a module, and for none. */
    static Optional<KeyType> parseType(String name) {
        for (KeyType type : KeyType.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private <T> T ask(Function<Servers, T> question) {
        try {
            return question.apply(servers);
        } catch (KeyspaceException e) {
            servers.suspect(e);
            throw e;
        }
    }
}
