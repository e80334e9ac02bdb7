package io.github.redissessionscaler.redis;

import static io.github.redissessionscaler.redis.Server.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.Sample;
import io.github.redissessionscaler.counting.ScanPage;
import io.github.redissessionscaler.counting.Shard;
import io.github.redissessionscaler.trigger.KeyType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.Builder;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** One server as a shard of a keyspace. */
record RedisShard(Server server, RedisKeyspace.Backend backend) implements Shard {

    /** What PTTL answers for a key that is not there. */
    private static final Long NO_SUCH_KEY = -2L;

    private static final Pattern EVICTED = Pattern.compile("(?m)^evicted_keys:(\\d{1,18})\\s*$");

    private static final Pattern EXPIRES = Pattern.compile("(?:^|,)expires=(\\d{1,18})(?:,|$)");

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public long size() {
        return backend.noted(() -> server.execute(COMMANDS.dbSize()));
    }

    @Override
    public OptionalLong expiringKeys() {
        return info("keyspace")
                .map(info -> expiringKeys(info, backend.database()))
                .orElseGet(OptionalLong::empty);
    }

    @Override
    public OptionalLong evictedKeys() {
        return evictedKeys(info("stats").orElse(""));
    }

    /** {@code evicted_keys} in a reply of INFO stats. */
    static OptionalLong evictedKeys(String info) {
        Matcher evicted = EVICTED.matcher(info);
        return evicted.find() ? OptionalLong.of(Long.parseLong(evicted.group(1))) : OptionalLong.empty();
    }

    /** Empty where INFO is refused, which is no failure: whoever asks does without. */
    private Optional<String> info(String section) {
        return backend.noted(() -> {
            try {
                return Optional.of(server.execute(COMMANDS.info(section)));
            } catch (KeyspaceException e) {
                return switch (e.reason()) {
                    case NOPERM, OTHER -> Optional.empty();
                    default -> throw e;
                };
            }
        });
    }

    /** {@code expires} of the database in a reply of INFO keyspace; a database without keys has no line there. */
    static OptionalLong expiringKeys(String info, int database) {
        if (!info.contains("# Keyspace")) {
            return OptionalLong.empty();
        }
        String beginning = "db" + database + ":";
        for (String line : info.lines().toList()) {
            if (line.startsWith(beginning)) {
                Matcher expires = EXPIRES.matcher(line.substring(beginning.length()));
                return expires.find() ? OptionalLong.of(Long.parseLong(expires.group(1))) : OptionalLong.empty();
            }
        }
        return OptionalLong.of(0);
    }

    @Override
    public List<ScanPage> scan(List<String> cursors, int count) {
        var params = new ScanParams().count(count);
        return pipelined(
                cursors, cursor -> scan(cursor, params), page -> new ScanPage(page.getCursor(), page.getResult()));
    }

    @Override
    public Sample sampleByScan(List<String> cursors, int count) {
        var params = new ScanParams().count(count);
        return sample(
                cursors.stream().map(cursor -> scan(cursor, params)).toList(),
                (ScanResult<byte[]> page) -> page.getResult().stream());
    }

    @Override
    public Sample sampleByRandomKey(int times) {
        return sample(Collections.nCopies(times, COMMANDS.randomBinaryKey()), Stream::ofNullable);
    }

    /** What one client sent at once, Redis answers without serving another in between. */
    private <R> Sample sample(List<CommandObject<R>> commands, Function<R, Stream<byte[]>> keys) {
        List<CommandObject<Object>> all = new ArrayList<>();
        all.add(untyped(COMMANDS.dbSize()));
        commands.forEach(command -> all.add(untyped(command)));
        all.add(untyped(COMMANDS.dbSize()));
        return backend.noted(() -> {
            List<Object> replies = server.execute(all);
            int last = replies.size() - 1;
            return new Sample(
                    (Long) replies.getFirst(),
                    IntStream.range(1, last)
                            .mapToObj(i -> commands.get(i - 1).getBuilder().build(replies.get(i)))
                            .flatMap(keys)
                            .toList(),
                    (Long) replies.get(last));
        });
    }

    /** The command with its reply left as it comes. */
    private static CommandObject<Object> untyped(CommandObject<?> command) {
        return new CommandObject<>(command.getArguments(), BuilderFactory.RAW_OBJECT);
    }

    private static CommandObject<ScanResult<byte[]>> scan(String cursor, ScanParams params) {
        return COMMANDS.scan(cursor.getBytes(US_ASCII), params);
    }

    @Override
    public List<Optional<KeyType>> types(List<byte[]> keys) {
        return ofEach(keys, COMMANDS::type, RedisKeyspace::parseType, Optional.empty());
    }

    @Override
    public List<Long> timesToLive(List<byte[]> keys) {
        return ofEach(keys, COMMANDS::pttl, millis -> millis, NO_SUCH_KEY);
    }

    /** One answer for each key, in one round trip. A key that has moved to another shard is gone from this one. */
    private <R, T> List<T> ofEach(
            List<byte[]> keys, Function<byte[], CommandObject<R>> command, Function<R, T> result, T gone) {
        return pipelined(
                keys,
                key -> {
                    CommandObject<R> one = command.apply(key);
                    return new CommandObject<>(one.getArguments(), new Builder<T>() {
                        @Override
                        public T build(Object reply) {
                            return reply instanceof JedisRedirectionException
                                    ? gone
                                    : result.apply(one.getBuilder().build(reply));
                        }
                    });
                },
                answer -> answer);
    }

    private <A, R, T> List<T> pipelined(
            List<A> arguments, Function<A, CommandObject<R>> command, Function<R, T> result) {
        List<CommandObject<R>> commands = arguments.stream().map(command).toList();
        return backend.noted(() -> server.execute(commands).stream().map(result).toList());
    }
}
