package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.hpa.HorizontalPodAutoscaler;
import io.github.redissessionscaler.hpa.WholeInstances;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The HPA's arithmetic and the rounding to whole instances, once each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HpaBenchmark {

    private double sessions = 1234.5;
    private double target = 100;
    private long replicas = 7;

    @Benchmark
    public long desiredReplicas() {
        return HorizontalPodAutoscaler.DEFAULT.desiredReplicas(sessions, target, replicas);
    }

    @Benchmark
    public double wholeInstances() {
        return WholeInstances.roundUp(sessions, target);
    }
}
