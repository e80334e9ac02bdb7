package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.hpa.ReplicaCalculator;
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

/** The HPA's arithmetic, the rounding to whole replicas, and the scaling by another target, once each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HpaBenchmark {

    private double sessions = 1234.5;
    private double target = 100;
    private long replicas = 7;
    private final Trigger whole = TriggerParser.parse(Map.of("wholeReplicas", "true"));
    private final Trigger scaled = TriggerParser.parse(Map.of("sessionSize", "60"));

    @Benchmark
    public long desiredReplicas() {
        return ReplicaCalculator.DEFAULT.desiredReplicas(sessions, target, replicas);
    }

    @Benchmark
    public double wholeReplicas() {
        return whole.valueOf(sessions, target);
    }

    @Benchmark
    public double scaledByAnotherTarget() {
        return scaled.valueOf(sessions, target);
    }
}
