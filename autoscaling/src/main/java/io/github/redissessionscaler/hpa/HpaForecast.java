package io.github.redissessionscaler.hpa;

import io.github.redissessionscaler.input.Numbers;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/**
 * What an HPA with its defaults makes of a value, and at which numbers of sessions it would make something else of it. Its
 * minimum is taken for 1; its maximum and its windows are left aside.
 *
 * @param replicas that run now
 * @param wanted by the HPA
 * @param needed if there were no tolerance
 * @param upAt the fewest sessions at which more replicas than now are wanted; empty where there are none up to {@link #MOST}
 * @param downAt the most sessions at which fewer are wanted; empty where there are none
 * @param tolerance of the HPA on the way up, a part of 1
 * @param tolerated whether the tolerance is why more are wanted no sooner
 */
public record HpaForecast(
        long replicas,
        long wanted,
        long needed,
        OptionalLong upAt,
        OptionalLong downAt,
        double tolerance,
        boolean tolerated) {

    /** The most sessions that are thought about. */
    static final long MOST = 1_000_000_000_000_000L;

    /**
     * What the HPA makes of a value.
     *
     * @param valueOf the value for a number of sessions, rising
     * @param target of the metric, by which the HPA divides the value
     */
    public static HpaForecast of(LongToDoubleFunction valueOf, double value, double target, long replicas) {
        var hpa = ReplicaCalculator.DEFAULT;
        LongUnaryOperator desired =
                sessions -> atLeastOne(hpa.desiredReplicas(valueOf.applyAsDouble(sessions), target, replicas));
        OptionalLong upAt = least(sessions -> desired.applyAsLong(sessions) > replicas);
        OptionalLong upWithoutTolerance =
                least(sessions -> ReplicaCalculator.needed(valueOf.applyAsDouble(sessions), target) > replicas);
        long fewestToStay =
                least(sessions -> desired.applyAsLong(sessions) >= replicas).orElse(0);
        return new HpaForecast(
                replicas,
                atLeastOne(hpa.desiredReplicas(value, target, replicas)),
                atLeastOne(ReplicaCalculator.needed(value, target)),
                upAt,
                fewestToStay == 0 ? OptionalLong.empty() : OptionalLong.of(fewestToStay - 1),
                hpa.tolerance().scaleUp(),
                !upAt.equals(upWithoutTolerance));
    }

    /** In words, whole sentences. */
    public String inWords() {
        String now = replicas(replicas);
        if (wanted > replicas) {
            return "The HPA scales out from %s to %s.".formatted(now, Numbers.words(wanted));
        }
        if (wanted < replicas) {
            return "The HPA scales in from %s to %s, after its stabilization window, by default 5 minutes."
                    .formatted(now, Numbers.words(wanted));
        }
        String headline;
        if (needed > replicas) {
            headline = "%s %s, though %s would be needed."
                    .formatted(now, replicas == 1 ? "stays" : "stay", Numbers.words(needed));
        } else if (needed < replicas) {
            headline = "%s stay, though %s would do.".formatted(now, Numbers.words(needed));
        } else {
            headline = "%s %s right.".formatted(now, replicas == 1 ? "is" : "are");
        }
        return headline + upInWords() + downInWords();
    }

    private String upInWords() {
        return upAt.stream()
                .mapToObj(sessions -> " %s %s needed to leave %s%s."
                        .formatted(
                                Numbers.words(sessions),
                                sessions == 1 ? "is" : "are",
                                replicas(replicas),
                                tolerated ? ": the HPA tolerates %s %%".formatted(Numbers.words(100 * tolerance)) : ""))
                .findFirst()
                .orElse("");
    }

    private String downInWords() {
        return downAt.stream()
                .mapToObj(sessions ->
                        " On the way down, one less is wanted at %s or fewer.".formatted(Numbers.words(sessions)))
                .findFirst()
                .orElse("");
    }

    private static String replicas(long number) {
        return Numbers.words(number) + (number == 1 ? " replica" : " replicas");
    }

    private static long atLeastOne(long replicas) {
        return Math.max(1, replicas);
    }

    /** The least number of sessions that this is true of, from which on it stays true. */
    private static OptionalLong least(LongPredicate reached) {
        if (!reached.test(MOST)) {
            return OptionalLong.empty();
        }
        long low = 0;
        long high = MOST;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (reached.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return OptionalLong.of(low);
    }
}
