package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandObject;

/** One server as a shard of a keyspace. */
record RedisShard(RedisNode server, RedisKeyspace.Backend backend) implements Shard {

    private static final Pattern VERSION =
            Pattern.compile("(?m)^(redis|valkey|dragonfly|keydb)_version:[a-z]*-?v?([0-9][0-9.]{0,30})\\s*$");

    private static final Pattern DATABASE = Pattern.compile("(?m)^db(\\d{1,6}):keys=(\\d{1,15})\\b");

    private static final Pattern EVICTED = Pattern.compile("(?m)^evicted_keys:(\\d{1,18})\\s*$");

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public long size() {
        return backend.noted(() -> server.execute(Commands.DBSIZE));
    }

    @Override
    public OptionalLong expiringKeys() {
        return info("keyspace")
                .map(info -> backend.noted(() -> expiringKeys(info)))
                .orElseGet(OptionalLong::empty);
    }

    private OptionalLong expiringKeys(String info) {
        try {
            return Replies.expiringKeys(info, backend.database());
        } catch (IllegalArgumentException e) {
            throw RedisErrors.explain(
                    server.name(),
                    new UnexpectedReplyException(
                            "the line db%d in reply to INFO keyspace has no valid number of keys and of expires"
                                    .formatted(backend.database()),
                            e));
        }
    }

    /** Number of keys of each database that holds any; empty where INFO is refused. */
    Map<Integer, Long> databaseSizes() {
        return databaseSizes(info("keyspace").orElse(""));
    }

    /** The same, of a reply to INFO keyspace. */
    static Map<Integer, Long> databaseSizes(String info) {
        Map<Integer, Long> sizes = new HashMap<>();
        DATABASE.matcher(info)
                .results()
                .forEach(line -> sizes.put(Integer.parseInt(line.group(1)), Long.parseLong(line.group(2))));
        return sizes;
    }

    @Override
    public OptionalLong evictedKeys() {
        return evictedKeys(info("stats").orElse(""));
    }

    @Override
    public Optional<String> productAndVersion() {
        return info("server").flatMap(RedisShard::productAndVersion);
    }

    @Override
    public boolean inCluster() {
        return switch (backend.connection().topology()) {
            case Topology.Cluster _ -> true;
            case Topology.Standalone _, Topology.UnixSocket _ -> backend.noted(() -> OneNode.isInCluster(server));
            case Topology.Sentinel _ -> false;
        };
    }

    /** Product and version in a reply of INFO server. Valkey and others say which version of Redis they are compatible with, too. */
    static Optional<String> productAndVersion(String info) {
        Matcher line = VERSION.matcher(info);
        Optional<String> redis = Optional.empty();
        while (line.find()) {
            String product = line.group(1);
            if (!product.equals("redis")) {
                return Optional.of(
                        product.substring(0, 1).toUpperCase(Locale.ROOT) + product.substring(1) + " " + line.group(2));
            }
            redis = Optional.of("Redis " + line.group(2));
        }
        return redis;
    }

    /** {@code evicted_keys} in a reply of INFO stats. */
    static OptionalLong evictedKeys(String info) {
        Matcher evicted = EVICTED.matcher(info);
        return evicted.find() ? OptionalLong.of(Long.parseLong(evicted.group(1))) : OptionalLong.empty();
    }

    /** Empty if INFO is refused, which callers tolerate. A malformed reply is a failure. */
    private Optional<String> info(String section) {
        return backend.noted(() -> {
            try {
                return Optional.of(server.info(section));
            } catch (KeyspaceException e) {
                if (RedisErrors.isRefused(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public List<ScanPage> scan(List<String> cursors, int count) {
        return pipelined(
                cursors.stream().map(cursor -> Commands.scan(cursor, count)).toList());
    }

    @Override
    public Sample sampleByScan(List<String> cursors, int count) {
        return sample(cursors.stream()
                .map(cursor -> Commands.parsed(Commands.scan(cursor, count), ScanPage::keys))
                .toList());
    }

    @Override
    public Sample sampleByRandomKey(int times) {
        return sample(Collections.nCopies(times, Commands.parsed(Commands.randomKey(), RedisShard::keys)));
    }

    private static List<byte[]> keys(byte @Nullable [] key) {
        return key == null ? List.of() : List.of(key);
    }

    /** Redis executes the commands of one pipeline without those of other clients in between. */
    private Sample sample(List<CommandObject<List<byte[]>>> commands) {
        List<CommandObject<Object>> all = new ArrayList<>();
        all.add(object(Commands.DBSIZE));
        commands.forEach(command -> all.add(object(command)));
        all.add(object(Commands.DBSIZE));
        return backend.noted(() -> {
            List<Object> replies = server.execute(all);
            int last = replies.size() - 1;
            return new Sample(
                    (long) replies.getFirst(),
                    replies.subList(1, last).stream()
                            .flatMap(keys -> ((List<?>) keys).stream())
                            .map(byte[].class::cast)
                            .toList(),
                    (long) replies.get(last));
        });
    }

    /** Erases the type of the reply, to pipeline different commands. */
    private static <R> CommandObject<Object> object(CommandObject<R> command) {
        return Commands.parsed(command, reply -> reply);
    }

    @Override
    public List<String> types(List<byte[]> keys) {
        return ofEach(keys, Commands::type, GONE);
    }

    @Override
    public List<Long> timesToLive(List<byte[]> keys) {
        return ofEach(keys, Commands::millisToLive, Replies.NO_SUCH_KEY);
    }

    @Override
    public List<Long> idleSeconds(List<byte[]> keys) {
        return ofEach(keys, Commands::idleSeconds, Replies.NOT_IDLE);
    }

    @Override
    public List<Boolean> haveField(List<byte[]> keys, String field) {
        byte[] name = field.getBytes(UTF_8);
        return ofEach(keys, key -> Commands.hasField(key, name), false);
    }

    @Override
    public List<Long> sizes(List<byte[]> keys, List<String> types) {
        List<Optional<CommandObject<Long>>> commands = IntStream.range(0, keys.size())
                .mapToObj(i -> KeyType.named(types.get(i)).map(type -> Commands.size(keys.get(i), type)))
                .toList();
        Iterator<Long> replies = pipelined(commands.stream()
                        .flatMap(Optional::stream)
                        .map(command -> tolerant(command, 0L))
                        .toList())
                .iterator();
        return commands.stream()
                .map(command -> command.isPresent() ? replies.next() : 0L)
                .toList();
    }

    /**
     * One reply for each key, in one round trip. A key that has moved to another shard, or has another type than the command is
     * for, counts as gone.
     */
    private <T> List<T> ofEach(List<byte[]> keys, Function<byte[], CommandObject<T>> command, T gone) {
        return pipelined(
                keys.stream().map(command).map(one -> tolerant(one, gone)).toList());
    }

    private static <T> CommandObject<T> tolerant(CommandObject<T> command, T gone) {
        return Commands.replying(
                command.getArguments(),
                reply -> RedisNode.isOfTheKey(reply)
                        ? gone
                        : command.getBuilder().build(reply));
    }

    private <R> List<R> pipelined(List<CommandObject<R>> commands) {
        return backend.noted(() -> server.execute(commands));
    }
}
