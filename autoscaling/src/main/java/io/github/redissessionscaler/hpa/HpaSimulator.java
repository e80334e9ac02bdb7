package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Simulates one HPA: the formula, then the stabilization windows, the policies, and minimum and maximum. It remembers its
 * recommendations and changes. Time must not go backwards. Not thread-safe.
 *
 * <p>It evaluates each 15 s of a load curve for each of hundreds of settings, so what is called each time uses no streams.
 */
public final class HpaSimulator {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long UNSPECIFIED_WINDOW = ScalingRules.DOWN.window().toNanos();
    private static final long UNSPECIFIED_FACTOR = 2;
    private static final long UNSPECIFIED_LEAST = 4;
    private static final long NONE = -1;

    /** A number of replicas, and when it was recorded, in nanoseconds since 1970. */
    private record Entry(long at, long replicas) {}

    private final HpaSpec spec;
    private final ReplicaCalculator calculator;
    private final long memory;

    /** The newest first, in both. */
    private final Deque<Entry> recommendations = new ArrayDeque<>();

    private final Deque<Entry> changes = new ArrayDeque<>();

    public HpaSimulator(HpaSpec spec) {
        this.spec = spec;
        this.calculator = new ReplicaCalculator(spec.tolerance());
        this.memory = memory(spec.behavior()).toNanos();
    }

    /** Whether {@link #sync} uses metrics at this number of replicas. */
    public boolean needsMetrics(long current) {
        return current >= spec.minReplicas() && current <= spec.maxReplicas();
    }

    /** One evaluation, as the HPA does every 15 s. The readings are used only if {@link #needsMetrics}. */
    public Decision sync(long current, List<MetricReading> readings, Instant now) {
        return sync(current, readings, NANOS_PER_SECOND * now.getEpochSecond() + now.getNano());
    }

    private Decision sync(long current, List<MetricReading> readings, long now) {
        if (recommendations.isEmpty()) {
            recommendations.add(new Entry(now, current));
        }
        Decision decision = decide(current, readings, now);
        if (decision.replicas() != current) {
            remember(changes, new Entry(now, decision.replicas() - current));
        }
        return decision;
    }

    private Decision decide(long current, List<MetricReading> readings, long now) {
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
        long most = NONE;
        boolean allPresent = true;
        for (MetricReading reading : readings) {
            switch (reading) {
                case MetricReading.Value value -> most = Math.max(most, desired(value, current));
                case MetricReading.Missing() -> allPresent = false;
            }
        }
        return most != NONE && (allPresent || most >= current) ? OptionalLong.of(most) : OptionalLong.empty();
    }

    private boolean tolerated(long current, List<MetricReading> readings) {
        for (MetricReading reading : readings) {
            if (reading instanceof MetricReading.Value value
                    && desired(value, current) == current
                    && ReplicaCalculator.needed(value.value(), value.target()) != current) {
                return true;
            }
        }
        return false;
    }

    private long desired(MetricReading.Value value, long current) {
        return calculator.desiredReplicas(value.value(), value.target(), current);
    }

    private Decision follow(long current, long wanted, boolean tolerated, long now) {
        long stable = switch (spec.behavior()) {
            case Behavior.Unspecified() -> highest(wanted, now - UNSPECIFIED_WINDOW - 1);
            case Behavior.Specified(ScalingRules up, ScalingRules down) -> {
                long lowest = lowest(wanted, now - up.window().toNanos());
                long highest = highest(wanted, now - down.window().toNanos());
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

    /** The largest recommendation after this time. */
    private long highest(long wanted, long after) {
        long highest = wanted;
        for (Entry entry : recommendations) {
            if (entry.at() <= after) {
                break;
            }
            highest = Math.max(highest, entry.replicas());
        }
        return highest;
    }

    /** The smallest recommendation after this time. */
    private long lowest(long wanted, long after) {
        long lowest = wanted;
        for (Entry entry : recommendations) {
            if (entry.at() <= after) {
                break;
            }
            lowest = Math.min(lowest, entry.replicas());
        }
        return lowest;
    }

    /** The number nearest to {@code stable} that the policies, the minimum and the maximum allow. */
    private Decision limited(long current, long stable, long now) {
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

    private long mostByPolicies(long current, long now) {
        return switch (spec.behavior()) {
            case Behavior.Unspecified() -> Math.max(UNSPECIFIED_FACTOR * current, UNSPECIFIED_LEAST);
            case Behavior.Specified specified -> specified.up().most(current, period -> changeWithin(period, now));
        };
    }

    private long fewestByPolicies(long current, long now) {
        return switch (spec.behavior()) {
            case Behavior.Unspecified() -> 0;
            case Behavior.Specified specified -> specified.down().fewest(current, period -> changeWithin(period, now));
        };
    }

    private long changeWithin(Duration period, long now) {
        long after = now - period.toNanos();
        long sum = 0;
        for (Entry entry : changes) {
            if (entry.at() <= after) {
                break;
            }
            sum += entry.replicas();
        }
        return sum;
    }

    /** Adds an entry, and removes those older than every window and period. */
    private void remember(Deque<Entry> entries, Entry entry) {
        entries.addFirst(entry);
        while (entries.getLast().at() < entry.at() - memory) {
            entries.removeLast();
        }
    }

    private static Duration memory(Behavior behavior) {
        return switch (behavior) {
            case Behavior.Unspecified() -> ScalingRules.DOWN.window();
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
