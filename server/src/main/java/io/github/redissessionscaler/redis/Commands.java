package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol.ClusterKeyword;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Protocol.Keyword;
import redis.clients.jedis.params.ScanParams;

/** Commands for data and for the slots of a cluster, each with what its reply means. */
final class Commands {

    static final CommandObject<Long> DBSIZE = count(new CommandArguments(Command.DBSIZE));

    static final CommandObject<List<Object>> CLUSTER_SLOTS = new CommandObject<>(
            new CommandArguments(Command.CLUSTER).add(ClusterKeyword.SLOTS), BuilderFactory.RAW_OBJECT_LIST);

    private Commands() {}

    static CommandObject<String> ping() {
        return parsed(
                new CommandObject<>(new CommandArguments(Command.PING), BuilderFactory.STRING),
                Objects::requireNonNull);
    }

    static CommandObject<String> info(String section) {
        return parsed(
                new CommandObject<>(new CommandArguments(Command.INFO).add(section), BuilderFactory.STRING),
                Replies::text);
    }

    /** The server's clock. */
    static CommandObject<Instant> time() {
        return parsed(
                new CommandObject<>(new CommandArguments(Command.TIME), BuilderFactory.STRING_LIST), Replies::time);
    }

    static CommandObject<Optional<String>> get(byte[] key) {
        return parsed(new CommandObject<>(of(Command.GET, key), BuilderFactory.STRING), Optional::ofNullable);
    }

    static CommandObject<String> type(byte[] key) {
        return parsed(new CommandObject<>(of(Command.TYPE, key), BuilderFactory.STRING), Objects::requireNonNull);
    }

    /** How many elements the value has; a string is a HyperLogLog. */
    static CommandObject<Long> cardinality(byte[] key, KeyType type) {
        return type == KeyType.STRING ? count(of(Command.PFCOUNT, key)) : size(key, type);
    }

    /** How many elements the value has; of a string, its length in bytes. */
    static CommandObject<Long> size(byte[] key, KeyType type) {
        return count(of(
                switch (type) {
                    case STRING -> Command.STRLEN;
                    case LIST -> Command.LLEN;
                    case SET -> Command.SCARD;
                    case ZSET -> Command.ZCARD;
                    case HASH -> Command.HLEN;
                    case STREAM -> Command.XLEN;
                },
                key));
    }

    static CommandObject<Long> countByScore(byte[] key, double min, double max) {
        return count(of(Command.ZCOUNT, key).add(min).add(max));
    }

    static CommandObject<ScanPage> scan(String cursor, int count) {
        return replying(
                new CommandArguments(Command.SCAN)
                        .add(cursor.getBytes(US_ASCII))
                        .addParams(new ScanParams().count(count)),
                Replies::page);
    }

    /** Null from an empty database. */
    static CommandObject<byte[]> randomKey() {
        return new CommandObject<>(new CommandArguments(Command.RANDOMKEY), BuilderFactory.BINARY);
    }

    static CommandObject<Long> millisToLive(byte[] key) {
        return replying(of(Command.PTTL, key), Replies::millisToLive);
    }

    static CommandObject<Long> idleSeconds(byte[] key) {
        return replying(
                new CommandArguments(Command.OBJECT).add(Keyword.IDLETIME).key(key), Replies::idleSeconds);
    }

    static CommandObject<Boolean> hasField(byte[] key, byte[] field) {
        return replying(of(Command.HEXISTS, key).add(field), Replies::isTrue);
    }

    private static CommandArguments of(Command command, byte[] key) {
        return new CommandArguments(command).key(key);
    }

    private static CommandObject<Long> count(CommandArguments command) {
        return parsed(new CommandObject<>(command, BuilderFactory.LONG), Replies::count);
    }

    /** The command with a parser that gets the raw reply. */
    static <T> CommandObject<T> replying(CommandArguments command, Function<@Nullable Object, T> parser) {
        return new CommandObject<>(command, new Builder<T>() {
            @Override
            public T build(Object reply) {
                return parser.apply(reply);
            }
        });
    }

    /**
     * The command with a converted reply.
     *
     * @param parser may throw any exception for a malformed reply; {@link RedisNode} maps it
     */
    static <T, R> CommandObject<R> parsed(CommandObject<T> command, Function<T, R> parser) {
        return new CommandObject<>(command.getArguments(), new Builder<R>() {
            @Override
            public R build(Object reply) {
                return parser.apply(command.getBuilder().build(reply));
            }
        });
    }
}
