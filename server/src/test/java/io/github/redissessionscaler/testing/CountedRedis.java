package io.github.redissessionscaler.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.diagnosis.LayoutInspector;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** A redis-server of its own, the connection of a test to it, and the keyspace that the scaler would see. */
public final class CountedRedis implements AutoCloseable {

    public static final Database DATABASE = new Database(ConnectionConfig.DEFAULT, OptionalInt.empty());

    public final RedisServer server;
    public final Jedis jedis;
    private final RedisKeyspaces keyspaces;

    private CountedRedis(RedisServer server) {
        this.server = server;
        jedis = server.connect();
        keyspaces = new RedisKeyspaces(
                () -> Map.of(
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

    public static CountedRedis start(String... options) {
        return new CountedRedis(RedisServer.start(options));
    }

    /** The same with DEBUG, which {@link #keepExpired} and {@link #buckets} need. */
    public static CountedRedis startWithDebug(String... options) {
        return new CountedRedis(RedisServer.startWithDebug(options));
    }

    public Keyspace keyspace() {
        return keyspaces.of(DATABASE);
    }

    public SourceCounter counter(CountingOptions options) {
        return counter(keyspaces, InstantSource.system(), options);
    }

    public SourceCounter counter(Keyspaces seen, InstantSource clock, CountingOptions options) {
        return new SourceCounter(
                seen, clock, options, () -> CountingOptions.PATTERNS, CountingCosts.NONE, new ScanEvents());
    }

    public SourceCounter counter(InstantSource clock) {
        return new SourceCounter(keyspaces, clock);
    }

    /** Looks at the keys of this Redis. */
    public LayoutInspector inspector() {
        return new LayoutInspector(keyspaces, counter(CountingOptions.DEFAULT), new SecureRandom());
    }

    public static Source source(CountQuery query) {
        return new Source(DATABASE, query);
    }

    public static MatchingKeys exact(String... patterns) {
        return MatchingKeys.of(patterns).withAccuracy(Accuracy.EXACT);
    }

    /** Adds string keys of this prefix, numbered from start to before end. */
    public void fill(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.set(key(prefix, i), new byte[0]));
    }

    public void expireSoon(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.pexpire(key(prefix, i), 1));
    }

    public void delete(String prefix, int start, int end) {
        pipelined(start, end, (pipeline, i) -> pipeline.del(key(prefix, i)));
    }

    /** Sets a string that lives so long. */
    public void set(String key, long seconds) {
        jedis.set(key, "", SetParams.setParams().ex(seconds));
    }

    /** From now on expired keys stay until somebody touches them. */
    public void keepExpired() {
        jedis.sendCommand(() -> "DEBUG".getBytes(UTF_8), "SET-ACTIVE-EXPIRE", "0");
    }

    /** The size of the hash table of the keys; of the smaller one while keys move from one to another. */
    public long buckets() {
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

    public static byte[] key(String prefix, int i) {
        return (prefix + i).getBytes(UTF_8);
    }

    /** How often the server got this command since {@link #forgetCalls}. */
    public long calls(String command) {
        Matcher calls = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(jedis.info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    public void forgetCalls() {
        jedis.configResetStat();
    }

    @Override
    public void close() {
        keyspaces.close();
        jedis.close();
        server.close();
    }
}
