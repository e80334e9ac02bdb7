package io.github.redissessionscaler.hpa;

import java.time.Duration;

/** How many replicas may be added or removed within some time. */
public sealed interface ScalingPolicy {

    /** The time within which changes count. */
    Duration period();

    /** The most replicas there may be when the period began with so many. */
    long most(long before);

    /** The fewest. */
    long fewest(long before);

    /** So many replicas, at least 1. */
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

    /** A part of the replicas that there were, at least 1 percent; fractions of a replica are in favour of the change. */
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
