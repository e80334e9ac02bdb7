package io.github.redissessionscaler.history;

import io.github.redissessionscaler.hpa.ScalingRules;
import io.github.redissessionscaler.keda.ReplicaForecast;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The replicas that an HPA with its defaults would want, from the reports so far: it scales in to the highest number that it
 * wanted within its stabilization window. Not thread-safe.
 */
final class PresumedReplicas {

    private static final Duration WINDOW = ScalingRules.DOWN.window();

    /** What was wanted, and until when it counts. */
    private record Recommendation(Instant until, long replicas) {}

    /** Falling numbers: a higher one replaces lower ones before it. */
    private final Deque<Recommendation> recommendations = new ArrayDeque<>(1);

    /** The number now; 1 before the first report. */
    long replicas() {
        return recommendations.isEmpty() ? 1 : recommendations.getFirst().replicas();
    }

    /**
     * A value was reported.
     *
     * @param current replicas that run
     */
    void reported(TriggerReport report, double value, long current, Instant now) {
        long wanted = ReplicaForecast.of(value, report.target(), current).wanted();
        while (!recommendations.isEmpty() && recommendations.getLast().replicas() <= wanted) {
            recommendations.removeLast();
        }
        recommendations.add(new Recommendation(now.plus(WINDOW), wanted));
        while (recommendations.getFirst().until().isBefore(now)) {
            recommendations.removeFirst();
        }
    }

    /** The next scale-in if no report changes it; empty if none is due. */
    Optional<TriggerHistory.ScaleIn> next() {
        return recommendations.stream()
                .skip(1)
                .findFirst()
                .map(lower ->
                        new TriggerHistory.ScaleIn(recommendations.getFirst().until(), lower.replicas()));
    }

    /** The last scale-in if no report changes it; empty if none is due. */
    Optional<TriggerHistory.ScaleIn> last() {
        var latest = recommendations.descendingIterator();
        if (recommendations.size() < 2) {
            return Optional.empty();
        }
        long lowest = latest.next().replicas();
        return Optional.of(new TriggerHistory.ScaleIn(latest.next().until(), lowest));
    }
}
