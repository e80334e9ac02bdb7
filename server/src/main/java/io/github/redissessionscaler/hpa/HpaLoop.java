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
 * One HPA at work: the sum, then the stabilization windows, then the policies, then minimum and maximum. It remembers what it
 * recommended and what it changed. Time must not run backwards. Not for use by several threads.
 */
final class HpaLoop {

    private static final Duration UNSPECIFIED_WINDOW = ScalingRules.DOWN.window();
    private static final long UNSPECIFIED_FACTOR = 2;
    private static final long UNSPECIFIED_LEAST = 4;

    /** A number of replicas and since when it stands. */
    private record Entry(Instant at, long replicas) {}

    private final ScaledObject spec;
    private final HorizontalPodAutoscaler sum;
    private final Duration memory;
    private final Deque<Entry> recommendations = new ArrayDeque<>();
    private final Deque<Entry> changes = new ArrayDeque<>();

    HpaLoop(ScaledObject spec) {
        this.spec = spec;
        this.sum = new HorizontalPodAutoscaler(spec.tolerance());
        this.memory = memory(spec.behavior());
    }

    /** Whether it needs the metrics to decide on so many replicas. */
    boolean asks(long current) {
        return current >= spec.hpaMinimum() && current <= spec.maxReplicas();
    }

    /** Looks once at every metric, as the HPA does every 15 s. The readings are used only if it {@link #asks}. */
    Decision sync(long current, List<Reading> readings, Instant now) {
        if (recommendations.isEmpty()) {
            recommendations.add(new Entry(now, current));
        }
        Decision decision = decide(current, readings, now);
        if (decision.replicas() != current) {
            remember(changes, new Entry(now, decision.replicas() - current));
        }
        return decision;
    }

    private Decision decide(long current, List<Reading> readings, Instant now) {
        if (current == 0) {
            return new Decision(0, Reason.ZERO);
        }
        if (current > spec.maxReplicas()) {
            return new Decision(spec.maxReplicas(), Reason.MAXIMUM);
        }
        if (current < spec.hpaMinimum()) {
            return new Decision(spec.hpaMinimum(), Reason.MINIMUM);
        }
        OptionalLong wanted = wanted(current, readings);
        if (wanted.isEmpty()) {
            return new Decision(current, Reason.NO_METRIC);
        }
        return follow(current, wanted.getAsLong(), tolerated(current, readings), now);
    }

    /** The most that any metric wants; empty if none is there, or if fewer would do but not every metric is there. */
    private OptionalLong wanted(long current, List<Reading> readings) {
        OptionalLong most =
                values(readings).mapToLong(value -> desired(value, current)).max();
        boolean allThere = values(readings).count() == readings.size();
        return most.stream().filter(wanted -> allThere || wanted >= current).findFirst();
    }

    private boolean tolerated(long current, List<Reading> readings) {
        return values(readings)
                .anyMatch(value -> desired(value, current) == current
                        && HorizontalPodAutoscaler.needed(value.value(), value.target()) != current);
    }

    private long desired(Reading.Value value, long current) {
        return sum.desiredReplicas(value.value(), value.target(), current);
    }

    private static Stream<Reading.Value> values(List<Reading> readings) {
        return readings.stream().filter(Reading.Value.class::isInstance).map(Reading.Value.class::cast);
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
                stable != wanted ? Reason.WINDOW : tolerated && wanted == current ? Reason.TOLERATED : Reason.METRIC);
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

    /** The nearest to the stable number that the policies, the minimum and the maximum allow. */
    private Decision limited(long current, long stable, Instant now) {
        long most = mostByPolicies(current, now);
        if (stable > Math.min(most, spec.maxReplicas())) {
            return most < spec.maxReplicas()
                    ? new Decision(most, Reason.POLICY)
                    : new Decision(spec.maxReplicas(), Reason.MAXIMUM);
        }
        long fewest = fewestByPolicies(current, now);
        return fewest > spec.hpaMinimum()
                ? new Decision(Math.max(stable, fewest), Reason.POLICY)
                : new Decision(Math.max(stable, spec.hpaMinimum()), Reason.MINIMUM);
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

    /** Adds an entry, and forgets those that no window and no period reaches any more. */
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
