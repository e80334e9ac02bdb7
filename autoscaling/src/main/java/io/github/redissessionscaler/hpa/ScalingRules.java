package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How the HPA scales in one direction.
 *
 * @param window the stabilization window: how far back the HPA looks for a recommendation nearer to the current replicas; may
 *     be zero
 * @param policies at least one
 */
public record ScalingRules(Duration window, Select select, List<ScalingPolicy> policies) {

    private static final Duration PERIOD = Duration.ofSeconds(15);
    private static final ScalingPolicy DOUBLE = new ScalingPolicy.Percent(100, PERIOD);

    /** The default for scaling out: immediately, by 100 % or 4 replicas every 15 s, whichever is more. */
    public static final ScalingRules UP =
            new ScalingRules(Duration.ZERO, Select.MAX, List.of(new ScalingPolicy.Pods(4, PERIOD), DOUBLE));

    /** The default for scaling in: after 5 minutes, by 100 % every 15 s. */
    public static final ScalingRules DOWN = new ScalingRules(Duration.ofMinutes(5), Select.MAX, List.of(DOUBLE));

    /** Which of several policies decides. */
    public enum Select {
        /** The one that allows the largest change. */
        MAX,
        /** The one that allows the smallest change. */
        MIN,
        /** None: no change in this direction. */
        DISABLED
    }

    /** Copies the policies. */
    public ScalingRules {
        policies = List.copyOf(policies);
    }

    /**
     * The most replicas that the policies allow, at least the current ones.
     *
     * @param changeWithin how many replicas were added within the given time before now; negative if some were removed
     */
    long most(long current, ToLongFunction<Duration> changeWithin) {
        return select == Select.DISABLED
                ? current
                : Math.max(
                        current,
                        limit(
                                select == Select.MAX,
                                policy -> policy.most(current - changeWithin.applyAsLong(policy.period()))));
    }

    /** The fewest replicas that the policies allow, at most the current ones; same parameters as {@link #most}. */
    long fewest(long current, ToLongFunction<Duration> changeWithin) {
        return select == Select.DISABLED
                ? current
                : Math.min(
                        current,
                        limit(
                                select == Select.MIN,
                                policy -> policy.fewest(current - changeWithin.applyAsLong(policy.period()))));
    }

    /** The largest or smallest limit of the policies. */
    private long limit(boolean largest, ToLongFunction<ScalingPolicy> ofPolicy) {
        long limit = largest ? Long.MIN_VALUE : Long.MAX_VALUE;
        for (ScalingPolicy policy : policies) {
            long next = ofPolicy.applyAsLong(policy);
            limit = largest ? Math.max(limit, next) : Math.min(limit, next);
        }
        return limit;
    }
}
