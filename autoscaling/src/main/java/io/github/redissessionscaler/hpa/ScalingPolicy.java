package io.github.redissessionscaler.hpa;

import java.time.Duration;

/** How many replicas may be added or removed within some time. */
public sealed interface ScalingPolicy {

    /** The time within which changes count. */
    Duration period();

    /** The most replicas allowed if the period began with {@code before}. */
    long most(long before);

    /** The fewest replicas allowed if the period began with {@code before}. */
    long fewest(long before);

    /** A number of replicas, at least 1. */
    record Pods(long pods, Duration period) implements ScalingPolicy {
        @Override
        public long most(long before) {
            return before + pods;
        }

        @Override
        public long fewest(long before) {
            return before - pods;
        }
    }

    /** A percentage of the replicas at the start of the period, at least 1; fractions of a replica round to the larger change. */
    record Percent(long percent, Duration period) implements ScalingPolicy {
        @Override
        public long most(long before) {
            return (long) Math.ceil((double) before * (1 + (double) percent / 100));
        }

        @Override
        public long fewest(long before) {
            return (long) ((double) before * (1 - (double) percent / 100));
        }
    }
}
