package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A trigger's metadata, parsed as for every call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParsingBenchmark {

    private final Map<String, String> shortest =
            Map.of("scalerAddress", "redis-session-scaler:6000", "sessionSize", "100");
    private final Map<String, String> longest = Map.of(
            "scalerAddress", "redis-session-scaler:6000",
            "sessionSize", "100",
            "connection", "shop",
            "databaseIndex", "2",
            "preset", "spring-session-indexed",
            "namespace", "shop:session",
            "onUnavailable", "hold",
            "holdFor", "10m",
            "wholeReplicas", "true",
            "headroom", "20%");
    private final Map<String, String> wrong = Map.of("sesionSize", "100", "headroom", "much");

    @Benchmark
    public Trigger twoKeys() {
        return TriggerParser.parse(shortest);
    }

    @Benchmark
    public Trigger tenKeys() {
        return TriggerParser.parse(longest);
    }

    @Benchmark
    public String twoMistakes() {
        try {
            return TriggerParser.parse(wrong).metricName();
        } catch (InvalidInputException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
