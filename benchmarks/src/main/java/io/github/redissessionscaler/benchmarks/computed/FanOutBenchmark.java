package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.push.ActivityStream;
import io.github.redissessionscaler.push.PushSettings;
import io.github.redissessionscaler.push.StreamClient;
import io.github.redissessionscaler.push.StreamHub;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One change in a database, sent to each of its open streams, which have different triggers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FanOutBenchmark {

    private static final Duration NEVER = Duration.ofDays(1);

    @Param({"100", "1000", "10000"})
    private int streams;

    private final SizeOnlyKeyspace keyspace = new SizeOnlyKeyspace();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(executor);
    private volatile CountDownLatch streamsLeft = new CountDownLatch(0);
    private StreamHub hub;
    private long sessions;

    @Setup
    public void open() throws InterruptedException {
        InstantSource clock = InstantSource.system();
        var counter = new SourceCounter(_ -> keyspace, clock);
        var telemetry = new Telemetry(clock, Duration.ofSeconds(2));
        var evaluator = new Evaluator(
                new RedisReader(_ -> keyspace, counter, executor, telemetry, clock),
                new OutagePolicy(() -> Duration.ZERO, clock),
                new TriggerStates(() -> streams, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), clock),
                ref -> {},
                new LayoutMonitor((source, layout) -> LayoutFindings.NONE, source -> List.of(), executor, clock),
                new EvictionMonitor(_ -> keyspace, executor, telemetry, clock));
        hub = new StreamHub(
                evaluator,
                (database, listener) -> () -> {},
                _ -> {},
                new ScanEvents(),
                new PushSettings(NEVER, NEVER, NEVER, Duration.ofSeconds(2)),
                () -> streams,
                background);
        streamsLeft = new CountDownLatch(streams);
        for (int i = 0; i < streams; i++) {
            var ref = new TriggerRef("shop", "web-" + i, TriggerParser.parse(Map.of("activationSessionSize", "0")));
            ActivityStream stream = hub.watchActivity(ref, new Listener());
            stream.open();
        }
        streamsLeft.await();
    }

    /** Rounds rest in between; the rest is not measured. */
    @Setup(Level.Invocation)
    public void rest() throws InterruptedException {
        TimeUnit.SECONDS.sleep(1);
    }

    @Benchmark
    public void sentToAllStreams() throws InterruptedException {
        streamsLeft = new CountDownLatch(streams);
        sessions = 1 - sessions;
        keyspace.size(sessions);
        hub.refreshAll();
        streamsLeft.await();
    }

    @TearDown
    public void close() {
        hub.close();
        background.close();
        executor.shutdownNow();
    }

    private final class Listener implements StreamClient {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(boolean active) {
            streamsLeft.countDown();
        }

        @Override
        public void end() {
            // the benchmark ends
        }

        @Override
        public void fail(RuntimeException reason) {
            throw reason;
        }
    }
}
