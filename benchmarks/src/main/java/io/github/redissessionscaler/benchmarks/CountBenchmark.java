package io.github.redissessionscaler.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * A pattern that three of five keys match, counted by estimate and exactly: how soon, how right, what of the server's time it
 * takes, and what another client notices. The counter runs in this process; a bare loop over SCAN is what nobody can beat.
 */
final class CountBenchmark implements AutoCloseable {

    static final int USUAL_SIZE = 5_000_000;

    private static final long FILLED_AT_ONCE = 50_000;
    private static final int TRIALS = 10;
    private static final int ROUNDS = 7;
    private static final int ROUNDS_OF_MANY_KEYS = 3;
    private static final long MANY_KEYS = 5_000_000;
    private static final Duration NEVER_AGAIN = Duration.ofHours(1);

    private static final String FILL = """
        for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
          redis.call('SET', (i % 5 < 3 and 'session:' or 'cache:') .. string.format('%d', i), '')
        end\
        """;

    /** What an exact count took. */
    private record Exact(double seconds, double serverSeconds, long pages) {}

    private final PrintStream out;
    private final int redisPort;
    private final long keys;
    private final long sessions;
    private final Jedis jedis;
    private final RedisKeyspaces keyspaces;

    private CountBenchmark(PrintStream out, int redisPort, long keys) {
        this.out = out;
        this.redisPort = redisPort;
        this.keys = keys;
        this.sessions = keys / 5 * 3 + Math.min(keys % 5, 3);
        this.jedis = new Jedis("127.0.0.1", redisPort, 60_000);
        var connection = new ConnectionConfig(
                ConnectionConfig.DEFAULT,
                new Topology.Standalone(new Node("127.0.0.1", redisPort)),
                0,
                Optional.empty(),
                Optional.empty(),
                Set.of());
        InstantSource clock = InstantSource.system();
        this.keyspaces = new RedisKeyspaces(
                () -> Map.of(connection.name(), connection),
                Duration.ofSeconds(10),
                new Telemetry(clock, Duration.ofSeconds(10)));
    }

    static void run(PrintStream out, int redisPort, long keys) throws Exception {
        try (var benchmark = new CountBenchmark(out, redisPort, keys)) {
            benchmark.fill();
            benchmark.alone();
            benchmark.estimate();
            benchmark.exact();
        }
    }

    @Override
    public void close() {
        keyspaces.close();
        jedis.close();
    }

    private void fill() {
        jedis.flushAll();
        for (long i = 0; i < keys; i += FILLED_AT_ONCE) {
            jedis.eval(FILL, 0, Long.toString(i), Long.toString(Math.min(i + FILLED_AT_ONCE, keys)));
        }
        out.printf("%,d keys, %,d of them sessions%n", keys, sessions);
    }

    private void alone() throws Exception {
        Latencies latencies = Neighbour.during(redisPort, () -> {
                    TimeUnit.SECONDS.sleep(5);
                    return true;
                })
                .latencies();
        out.println("neighbour, alone:            " + latencies);
    }

    private void estimate() throws Exception {
        List<Double> firstMillis = new ArrayList<>();
        var atOnce = new Errors();
        var afterOne = new Errors();
        var afterTen = new Errors();
        List<Double> shares = new ArrayList<>();
        var latencies = new Latencies();
        for (int trial = 0; trial < TRIALS; trial++) {
            latencies.addAll(Neighbour.during(redisPort, () -> {
                        jedis.configResetStat();
                        long start = System.nanoTime();
                        try (SourceCounter counter = counter(CountingOptions.DEFAULT)) {
                            atOnce.add(count(counter, "estimate"));
                            firstMillis.add((System.nanoTime() - start) / 1e6);
                            sleepUntil(start, 1);
                            afterOne.add(count(counter, "estimate"));
                            sleepUntil(start, 10);
                            afterTen.add(count(counter, "estimate"));
                        }
                        shares.add(serverSeconds() / ((System.nanoTime() - start) / 1e9));
                        return true;
                    })
                    .latencies());
        }
        out.printf("first estimate:              median %.1f ms, %s%n", median(firstMillis), atOnce);
        out.printf("estimate after 1 s:          %s%n", afterOne);
        out.printf("estimate after 10 s:         %s%n", afterTen);
        out.printf("server's time for it:        %.3f %%%n", 100 * median(shares));
        out.println("neighbour, meanwhile:        " + latencies);
    }

    private void exact() throws Exception {
        var paused = new Times();
        Times.Measured<Exact> shipped =
                paused.measure(jedis, () -> scan(CountingOptions.DEFAULT.withScans(NEVER_AGAIN, 0.1)), redisPort);
        print("exact, a tenth of the time:  ", shipped.result());
        out.println("                             " + paused);
        out.println("neighbour, meanwhile:        " + shipped.latencies());
        var counted = new Times();
        var bare = new Times();
        var whileCounted = new Latencies();
        var whileBare = new Latencies();
        for (int round = 0; round < (keys > MANY_KEYS ? ROUNDS_OF_MANY_KEYS : ROUNDS); round++) {
            Times.Measured<Exact> unpaced =
                    counted.measure(jedis, () -> scan(CountingOptions.DEFAULT.withScans(NEVER_AGAIN, 1)), redisPort);
            print("exact, without a pause:      ", unpaced.result());
            whileCounted.addAll(unpaced.latencies());
            long page = Math.max(1, keys / unpaced.result().pages());
            Times.Measured<Boolean> loop = bare.measure(jedis, () -> bareScan((int) page), redisPort);
            whileBare.addAll(loop.latencies());
        }
        out.println("exact, without a pause:      " + counted);
        out.println("bare SCAN, pages as large:   " + bare);
        out.println("exact / bare SCAN:           " + counted.ratio(bare));
        out.println("neighbour, exact no pause:   " + whileCounted);
        out.println("neighbour, bare SCAN:        " + whileBare);
    }

    private void print(String what, Exact exact) {
        out.printf(
                "%s%.2f s, %.2f s of the server's, %.0f keys a page%n",
                what, exact.seconds(), exact.serverSeconds(), (double) keys / exact.pages());
    }

    /** Counts exactly, from the question to the end of the scan. */
    private Exact scan(CountingOptions options) throws InterruptedException {
        jedis.configResetStat();
        long start = System.nanoTime();
        var scanned = new CountDownLatch(1);
        var scanEvents = new ScanEvents();
        scanEvents.subscribe(_ -> scanned.countDown());
        try (SourceCounter counter = counter(options, scanEvents)) {
            do {
                count(counter, "exact"); // again and again, as KEDA does, or the pattern is forgotten
            } while (!scanned.await(10, TimeUnit.SECONDS));
            double seconds = (System.nanoTime() - start) / 1e9;
            Count count = count(counter, "exact");
            if (count.method() != Count.Method.EXACT || count.value() != sessions) {
                throw new IllegalStateException("counted " + count + " where there are " + sessions);
            }
            return new Exact(seconds, serverSeconds(), stat(1, "scan"));
        }
    }

    private boolean bareScan(int page) {
        var params = new ScanParams().count(page);
        byte[] cursor = "0".getBytes(US_ASCII);
        do {
            ScanResult<byte[]> scanned = jedis.scan(cursor, params);
            cursor = scanned.getCursorAsBytes();
        } while (!Arrays.equals(cursor, "0".getBytes(US_ASCII)));
        return true;
    }

    private SourceCounter counter(CountingOptions options) {
        return counter(options, new ScanEvents());
    }

    private SourceCounter counter(CountingOptions options, ScanEvents scanEvents) {
        return new SourceCounter(keyspaces, InstantSource.system(), options, () -> 1, CountingCosts.NONE, scanEvents);
    }

    private static Count count(SourceCounter counter, String accuracy) {
        return counter.count(TriggerParser.parse(Map.of("keyPattern", "session:*", "accuracy", accuracy))
                .source());
    }

    private double serverSeconds() {
        return stat(2, "scan|dbsize|randomkey") / 1e6;
    }

    /** A number of INFO commandstats, summed over commands: 1 is how often they were called, 2 the microseconds they took. */
    private long stat(int group, String commands) {
        return Pattern.compile("cmdstat_(?:" + commands + "):calls=(\\d+),usec=(\\d+)")
                .matcher(jedis.info("commandstats"))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(group)))
                .sum();
    }

    private static void sleepUntil(long start, int seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(start + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime());
    }

    static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** How far estimates are from the truth, and how far they say that they may be. */
    private final class Errors {
        private double squares;
        private double said;
        private int count;

        void add(Count estimate) {
            double error = (estimate.value() - sessions) / sessions;
            squares += error * error;
            said += estimate.standardError() / sessions;
            count++;
        }

        @Override
        public String toString() {
            return "off by %.2f %% (root mean square of %d), reported standard error %.2f %%"
                    .formatted(100 * Math.sqrt(squares / count), count, 100 * said / count);
        }
    }
}
