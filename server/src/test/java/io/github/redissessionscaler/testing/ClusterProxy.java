package io.github.redissessionscaler.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A proxy on loopback which shows a Redis Cluster as one server: it sends commands on keys to the key's primary, sums what
 * primaries count, and puts the primary into the cursors of SCAN. What is not read from a keyspace it does not know.
 */
public final class ClusterProxy implements AutoCloseable {

    private final List<RedisServer> primaries;
    private final RedisClusterClient ofKeys;
    private final ScriptedRedis front;

    private ClusterProxy(List<RedisServer> primaries, RedisClusterClient ofKeys) {
        this.primaries = primaries;
        this.ofKeys = ofKeys;
        this.front = ScriptedRedis.answering(this::answer);
    }

    /** A proxy to the first primaries of a cluster, which must be all of them. */
    public static ClusterProxy to(RedisCluster cluster, int primaries) {
        return new ClusterProxy(
                IntStream.range(0, primaries).mapToObj(cluster::primary).toList(), cluster.connect());
    }

    public int port() {
        return front.port();
    }

    /** The commands that came, in upper case. */
    public Set<String> commands() {
        return front.commands();
    }

    @Override
    public void close() {
        front.close();
        ofKeys.close();
    }

    private byte[] answer(List<String> command) {
        var reply = new ByteArrayOutputStream();
        try {
            write(
                    switch (command.getFirst()) {
                        case "PING" -> "PONG".getBytes(US_ASCII);
                        case "DBSIZE" ->
                            primaries.stream()
                                    .mapToLong(one -> on(one, Jedis::dbSize))
                                    .sum();
                        case "RANDOMKEY" -> on(primaries.get(random()), Jedis::randomBinaryKey);
                        case "SCAN" -> scan(command);
                        case "GET", "TYPE", "PTTL", "LLEN" ->
                            ofKeys.executeCommand(new CommandObject<>(
                                    new CommandArguments(command(command)).key(command.get(1)),
                                    BuilderFactory.RAW_OBJECT));
                        default -> throw new JedisDataException("ERR unknown command");
                    },
                    reply);
        } catch (JedisDataException e) {
            reply.writeBytes(("-" + e.getMessage() + "\r\n").getBytes(UTF_8));
        } catch (JedisException e) {
            reply.writeBytes("-ERR a primary cannot be reached\r\n".getBytes(UTF_8));
        }
        return reply.toByteArray();
    }

    /** One primary after another. Its own cursor is that of the proxy divided by their number, and the rest says which it is. */
    private Object scan(List<String> command) {
        int shards = primaries.size();
        long cursor = Long.parseUnsignedLong(command.get(1));
        int shard = (int) Long.remainderUnsigned(cursor, shards);
        String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
        arguments[0] = Long.toUnsignedString(Long.divideUnsigned(cursor, shards));
        List<?> page = (List<?>) on(primaries.get(shard), jedis -> jedis.sendCommand(command(command), arguments));
        long inner = Long.parseUnsignedLong(new String((byte[]) page.getFirst(), US_ASCII));
        long next = inner != 0 ? inner * shards + shard : (shard + 1) % shards;
        return List.of(Long.toUnsignedString(next).getBytes(US_ASCII), page.getLast());
    }

    private int random() {
        return ThreadLocalRandom.current().nextInt(primaries.size());
    }

    private static ProtocolCommand command(List<String> command) {
        return () -> command.getFirst().getBytes(US_ASCII);
    }

    private static <T> T on(RedisServer server, Function<Jedis, T> work) {
        try (Jedis jedis = server.connect()) {
            return work.apply(jedis);
        }
    }

    private static void write(@Nullable Object reply, ByteArrayOutputStream out) {
        switch (reply) {
            case null -> out.writeBytes("$-1\r\n".getBytes(US_ASCII));
            case Long number -> out.writeBytes((":" + number + "\r\n").getBytes(US_ASCII));
            case List<?> parts -> {
                out.writeBytes(("*" + parts.size() + "\r\n").getBytes(US_ASCII));
                parts.forEach(part -> write(part, out));
            }
            case byte[] bytes -> {
                out.writeBytes(("$" + bytes.length + "\r\n").getBytes(US_ASCII));
                out.writeBytes(bytes);
                out.writeBytes("\r\n".getBytes(US_ASCII));
            }
            default -> throw new IllegalArgumentException(reply.getClass().getName());
        }
    }
}
