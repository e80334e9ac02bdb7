package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.counting.pattern.SampleWindow;
import io.github.redissessionscaler.counting.pattern.SampleWindow.Share;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What an estimate and a scan compute: a name against a pattern, and a sample more in a window of a minute. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EstimateBenchmark {

    private static final int KEYS = 512;
    private static final int SAMPLE = 64;

    private final RandomGenerator random = new Random(1);
    private final KeyFilter filter =
            KeyFilter.of(MatchingKeys.of("spring:session:sessions:????????-????-????-????-????????????"));
    private final byte[][] keys = new byte[KEYS][];
    private final SampleWindow window = new SampleWindow();
    private Instant now = Instant.EPOCH;

    @Setup
    public void fill() {
        for (int i = 0; i < KEYS; i++) {
            String name = i % 5 < 3
                    ? "spring:session:sessions:00000000-0000-4000-8000-%012d".formatted(i)
                    : "spring:session:index:cache:" + i;
            keys[i] = name.getBytes(StandardCharsets.UTF_8);
        }
        for (int i = 0; i < KEYS; i++) {
            sampled();
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public int matchedName() {
        int matching = 0;
        for (byte[] key : keys) {
            matching += filter.matchesName(key) ? 1 : 0;
        }
        return matching;
    }

    @Benchmark
    public Share sampled() {
        now = now.plusMillis(250);
        int matching = 0;
        for (int i = 0; i < SAMPLE; i++) {
            matching += random.nextInt(5) < 3 ? 1 : 0;
        }
        window.add(now, SAMPLE, MatchSum.of(matching));
        return window.share();
    }
}
