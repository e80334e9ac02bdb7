package io.github.redissessionscaler.counting.pattern;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A quarter of a second of the wall clock. All replicas of the scaler look at the same places of a database in the same slot, so
 * that their estimates agree although they do not communicate. Replicas whose clocks differ, also because one was set after a start
 * of the scaler, agree less.
 *
 * @param number since 1970
 */
record SampleSlot(long number) {

    static final Duration LENGTH = Duration.ofMillis(250);

    /** All replicas renew the values that they report at the same time: at the beginning of a minute. */
    private static final long SLOTS_OF_A_MINUTE = Duration.ofMinutes(1).dividedBy(LENGTH);

    /** More than the samples of a slot, so that no two samples have the same places. */
    private static final long MOST_SAMPLES = 1L << 20;

    static SampleSlot at(Instant time) {
        return new SampleSlot(Math.floorDiv(time.toEpochMilli(), LENGTH.toMillis()));
    }

    Instant start() {
        return Instant.ofEpochMilli(number * LENGTH.toMillis());
    }

    /** The number of its minute. */
    long minute() {
        return Math.floorDiv(number, SLOTS_OF_A_MINUTE);
    }

    SampleSlot next() {
        return new SampleSlot(number + 1);
    }

    /** Where to look for one of its samples. */
    RandomGenerator places(int sample) {
        return new SplittableRandom(number * MOST_SAMPLES + sample);
    }
}
