package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongBinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Simulates one HPA: the formula, then the stabilization windows, the policies, and minimum and maximum. It remembers its
 * recommendations and changes. Time must not go backwards. Not thread-safe.
 */
public final class HpaSimulator {

    private static final Duration UNSPECIFIED_WINDOW = ScalingRules.DOWN.window();
    private static final long UNSPECIFIED_FACTOR = 2;
    private static final long UNSPECIFIED_LEAST = 4;

    /** A number of replicas, and when it was recorded. */
    private record Entry(Instant at, long replicas) {}

    private final HpaSpec spec;
    private final ReplicaCalculator calculator;
    private final Duration memory;
    private final Deque<Entry> recommendations = new ArrayDeque<>();
    private final Deque<Entry> changes = new ArrayDeque<>();

    public HpaSimulator(HpaSpec spec) {
        this.spec = spec;
        this.calculator = new ReplicaCalculator(spec.tolerance());
        this.memory = memory(spec.behavior());
    }

    /** Whether {@link #sync} uses metrics at this number of replicas. */
    public boolean needsMetrics(long current) {
        return current >= spec.minReplicas() && current <= spec.maxReplicas();
    }

    /** One evaluation, as the HPA does every 15 s. The readings are used only if {@link #needsMetrics}. */
    public Decision sync(long current, List<MetricReading> readings, Instant now) {
        if (recommendations.isEmpty()) {
            recommendations.add(new Entry(now, current));
        }
        Decision decision = decide(current, readings, now);
        if (decision.replicas() != current) {
            remember(changes, new Entry(now, decision.replicas() - current));
        }
        return decision;
    }

    private Decision decide(long current, List<MetricReading> readings, Instant now) {
        if (current == 0) {
            return new Decision(0, DecisionReason.ZERO);
        }
        if (current > spec.maxReplicas()) {
            return new Decision(spec.maxReplicas(), DecisionReason.MAXIMUM);
        }
        if (current < spec.minReplicas()) {
            return new Decision(spec.minReplicas(), DecisionReason.MINIMUM);
        }
        OptionalLong wanted = wanted(current, readings);
        if (wanted.isEmpty()) {
            return new Decision(current, DecisionReason.NO_METRIC);
        }
        return follow(current, wanted.getAsLong(), tolerated(current, readings), now);
    }

    /** The largest recommendation of all metrics; empty if all are missing, or if any is missing and the HPA would scale in. */
    private OptionalLong wanted(long current, List<MetricReading> readings) {
        OptionalLong most =
                values(readings).mapToLong(value -> desired(value, current)).max();
        boolean allPresent = values(readings).count() == readings.size();
        return most.stream().filter(wanted -> allPresent || wanted >= current).findFirst();
    }

    private boolean tolerated(long current, List<MetricReading> readings) {
        return values(readings)
                .anyMatch(value -> desired(value, current) == current
                        && ReplicaCalculator.needed(value.value(), value.target()) != current);
    }

    private long desired(MetricReading.Value value, long current) {
        return calculator.desiredReplicas(value.value(), value.target(), current);
    }

    private static Stream<MetricReading.Value> values(List<MetricReading> readings) {
        return readings.stream().filter(MetricReading.Value.class::isInstance).map(MetricReading.Value.class::cast);
    }

    private Decision follow(long current, long wanted, boolean tolerated, Instant now) {
        long stable = switch (spec.behavior()) {
            case Behavior.Unspecified() -> recommended(wanted, Math::max, notBefore(now.minus(UNSPECIFIED_WINDOW)));
            case Behavior.Specified(ScalingRules up, ScalingRules down) -> {
                long lowest = recommended(wanted, Math::min, within(up.window(), now));
                long highest = recommended(wanted, Math::max, within(down.window(), now));
                yield Math.min(Math.max(current, lowest), highest);
            }
        };
        remember(recommendations, new Entry(now, wanted));
        Decision limited = limited(current, stable, now);
        if (limited.replicas() != stable) {
            return limited;
        }
        return new Decision(
                stable,
                stable != wanted
                        ? DecisionReason.WINDOW
                        : tolerated && wanted == current ? DecisionReason.TOLERATED : DecisionReason.METRIC);
    }

    private long recommended(long wanted, LongBinaryOperator better, Predicate<Entry> counts) {
        long best = wanted;
        for (Entry entry : recommendations) {
            if (counts.test(entry)) {
                best = better.applyAsLong(best, entry.replicas());
            }
        }
        return best;
    }

    /** The number nearest to {@code stable} that the policies, the minimum and the maximum allow. */
    private Decision limited(long current, long stable, Instant now) {
        long most = mostByPolicies(current, now);
        if (stable > Math.min(most, spec.maxReplicas())) {
            return most < spec.maxReplicas()
                    ? new Decision(most, DecisionReason.POLICY)
                    : new Decision(spec.maxReplicas(), DecisionReason.MAXIMUM);
        }
        long fewest = fewestByPolicies(current, now);
        return fewest > spec.minReplicas()
                ? new Decision(Math.max(stable, fewest), DecisionReason.POLICY)
                : new Decision(Math.max(stable, spec.minReplicas()), DecisionReason.MINIMUM);
    }

    private long mostByPolicies(long current, Instant now) {
        return switch (spec.behavior()) {
            case Behavior.Unspecified() -> Math.max(UNSPECIFIED_FACTOR * current, UNSPECIFIED_LEAST);
            case Behavior.Specified specified -> specified.up().most(current, period -> changeWithin(period, now));
        };
    }

    private long fewestByPolicies(long current, Instant now) {
        return switch (spec.behavior()) {
            case Behavior.Unspecified() -> 0;
            case Behavior.Specified specified -> specified.down().fewest(current, period -> changeWithin(period, now));
        };
    }

    private long changeWithin(Duration period, Instant now) {
        return changes.stream()
                .filter(within(period, now))
                .mapToLong(Entry::replicas)
                .sum();
    }

    private static Predicate<Entry> within(Duration time, Instant now) {
        Instant before = now.minus(time);
        return entry -> entry.at().isAfter(before);
    }

    private static Predicate<Entry> notBefore(Instant oldest) {
        return entry -> !entry.at().isBefore(oldest);
    }

    /** Adds an entry, and removes those older than every window and period. */
    private void remember(Deque<Entry> entries, Entry entry) {
        entries.add(entry);
        Instant oldest = entry.at().minus(memory);
        while (entries.getFirst().at().isBefore(oldest)) {
            entries.removeFirst();
        }
    }

    private static Duration memory(Behavior behavior) {
        return switch (behavior) {
            case Behavior.Unspecified() -> UNSPECIFIED_WINDOW;
            case Behavior.Specified(ScalingRules up, ScalingRules down) ->
                Stream.of(up, down)
                        .flatMap(rules -> Stream.concat(
                                Stream.of(rules.window()),
                                rules.policies().stream().map(ScalingPolicy::period)))
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
        };
    }
}
