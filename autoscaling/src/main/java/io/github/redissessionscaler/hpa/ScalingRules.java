package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * How the HPA scales in one direction.
 *
 * @param window how long the HPA looks back for a recommendation that is nearer to the current replicas; zero for not at all
 * @param policies at least one
 */
public record ScalingRules(Duration window, Select select, List<ScalingPolicy> policies) {

    private static final Duration PERIOD = Duration.ofSeconds(15);
    private static final ScalingPolicy DOUBLE = new ScalingPolicy.Percent(100, PERIOD);

    /** What holds upwards unless it is said otherwise: at once, as many again or 4 more every 15 s. */
    public static final ScalingRules UP =
            new ScalingRules(Duration.ZERO, Select.MAX, List.of(new ScalingPolicy.Pods(4, PERIOD), DOUBLE));

    /** What holds downwards unless it is said otherwise: after 5 minutes, as far as need be. */
    public static final ScalingRules DOWN = new ScalingRules(Duration.ofMinutes(5), Select.MAX, List.of(DOUBLE));

    /** Which of several policies decides. */
    public enum Select {
        /** The one that allows the greatest change. */
        MAX,
        /** The one that allows the least change. */
        MIN,
        /** None: there is no change in this direction. */
        DISABLED
    }

    /** Copies the policies. */
    public ScalingRules {
        policies = List.copyOf(policies);
    }

    /**
     * The most replicas that the policies allow, not fewer than there are.
     *
     * @param changeWithin by how many replicas their number has grown within the last so long; negative when it has shrunk
     */
    long most(long current, ToLongFunction<Duration> changeWithin) {
        LongStream limits =
                policies.stream().mapToLong(policy -> policy.most(current - changeWithin.applyAsLong(policy.period())));
        return Math.max(
                current,
                switch (select) {
                    case MAX -> limits.max().orElse(current);
                    case MIN -> limits.min().orElse(current);
                    case DISABLED -> current;
                });
    }

    /** The fewest replicas that the policies allow, not more than there are; the same parameters. */
    long fewest(long current, ToLongFunction<Duration> changeWithin) {
        LongStream limits = policies.stream()
                .mapToLong(policy -> policy.fewest(current - changeWithin.applyAsLong(policy.period())));
        return Math.min(
                current,
                switch (select) {
                    case MAX -> limits.min().orElse(current);
                    case MIN -> limits.max().orElse(current);
                    case DISABLED -> current;
                });
    }
}
