package io.github.redissessionscaler.counting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** A redis-server of its own, the connection of a test to it, and the keyspace that the scaler would see. */
final class CountedRedis implements AutoCloseable {

    static final Database DATABASE = new Database(ConnectionConfig.DEFAULT, OptionalInt.empty());

    final RedisServer server;
    final Jedis jedis;
    private final RedisKeyspaces keyspaces;

    private CountedRedis(RedisServer server) {
        this.server = server;
        jedis = server.connect();
        keyspaces = new RedisKeyspaces(
                Map.of(
                        ConnectionConfig.DEFAULT,
                        new ConnectionConfig(
                                ConnectionConfig.DEFAULT,
                                new Topology.Standalone(new Node("127.0.0.1", server.port())),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                Set.of())),
                Duration.ofSeconds(5),
                new Telemetry(InstantSource.system(), Duration.ofSeconds(2)));
    }

    static CountedRedis start(String... options) {
        return new CountedRedis(RedisServer.start(options));
    }

    /** The same with DEBUG, which {@link #keepExpired} and {@link #buckets} need. */
    static CountedRedis startWithDebug(String... options) {
        return new CountedRedis(RedisServer.startWithDebug(options));
    }

    Keyspace keyspace() {
        return keyspaces.of(DATABASE);
    }

    Counter counter(CountingOptions options) {
        return counter(keyspaces, InstantSource.system(), options);
    }

    Counter counter(Keyspaces seen, InstantSource clock, CountingOptions options) {
        return new Counter(seen, clock, options, () -> CountingOptions.PATTERNS, new Random(1), CountingCosts.NONE);
    }

    Counter counter(InstantSource clock) {
        return new Counter(keyspaces, clock);
    }

    static Source source(CountQuery query) {
        return new Source(DATABASE, query);
    }

    static MatchingKeys exact(String pattern) {
        return new MatchingKeys(pattern, Optional.empty(), Optional.empty(), Duration.ZERO, Accuracy.EXACT);
    }

    /** Adds string keys of this prefix, numbered from start to before end. */
    void fill(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.set(key(prefix, i), new byte[0]));
    }

    void expireSoon(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.pexpire(key(prefix, i), 1));
    }

    void delete(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.del(key(prefix, i)));
    }

    /** Sets a string that lives so long. */
    void set(String key, long seconds) {
        jedis.set(key, "", SetParams.setParams().ex(seconds));
    }

    /** From now on expired keys stay until somebody touches them. */
    void keepExpired() {
        jedis.sendCommand(() -> "DEBUG".getBytes(UTF_8), "SET-ACTIVE-EXPIRE", "0");
    }

    /** The size of the hash table of the keys; of the smaller one while keys move from one to another. */
    long buckets() {
        String stats = new String((byte[]) jedis.sendCommand(() -> "DEBUG".getBytes(UTF_8), "HTSTATS", "0"), UTF_8);
        String keys = stats.substring(0, stats.indexOf("[Expires HT]"));
        return Pattern.compile("table size: (\\d+)")
                .matcher(keys)
                .results()
                .mapToLong(size -> Long.parseLong(size.group(1)))
                .min()
                .orElse(0);
    }

    private interface Command {
        void send(Pipeline pipeline, int i);
    }

    private void pipelined(int start, int end, Command command) {
        try (Pipeline pipeline = jedis.pipelined()) {
            for (int i = start; i < end; i++) {
                command.send(pipeline, i);
                if (i % 10_000 == 0) {
                    pipeline.sync();
                }
            }
            pipeline.sync();
        }
    }

    static byte[] key(String prefix, int i) {
        return (prefix + i).getBytes(UTF_8);
    }

    /** How often the server was asked this since {@link #forgetCalls}. */
    long calls(String command) {
        Matcher calls = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(jedis.info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    void forgetCalls() {
        jedis.configResetStat();
    }

    @Override
    public void close() {
        keyspaces.close();
        jedis.close();
        server.close();
    }
}
