package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.Shard;

/**
 * How a shard is sampled, within a share of its server's time. The number of samples of a visit follows their cost slowly and in
 * large steps, so that replicas of the scaler choose the same number most of the time. For one thread at a time.
 */
final class ShardSamples {

    /** Most samples of a visit. */
    private static final int MOST = 256;

    /** Weight of the newest sample in the mean cost. */
    private static final double NEWEST = 1.0 / 16;

    /** Part of the share that more samples may take, so that the number does not change back and forth. */
    private static final double ROOM = 0.9;

    private final RoundTrip roundTrip;
    private final Sampler sampler;
    private SampleSlot slot = new SampleSlot(Long.MIN_VALUE);
    private int drawn;

    /** Mean server time of a sample; negative before the first. */
    private double sampleNanos = -1;

    private int most = 1;

    /** Nothing is drawn yet. */
    ShardSamples(Shard shard, RoundTrip roundTrip) {
        this.roundTrip = roundTrip;
        this.sampler = new Sampler(shard);
    }

    RoundTrip roundTrip() {
        return roundTrip;
    }

    /** Draws the next sample of the slot. */
    Sample draw(Shard shard, SampleSlot now) {
        if (!now.equals(slot)) {
            slot = now;
            drawn = 0;
        }
        Sample sample = sampler.draw(shard, now.places(drawn));
        drawn++;
        return sample;
    }

    /** The server time that the last sample took. */
    void took(long nanos) {
        sampleNanos = sampleNanos < 0 ? nanos : sampleNanos + NEWEST * (nanos - sampleNanos);
    }

    /** Mean server time of so many samples. */
    long meanNanos(int samples) {
        return (long) (samples * Math.max(0, sampleNanos));
    }

    /** Most samples of a visit, at least 1: as many as take a share of the time of a slot. */
    int most(double share) {
        double affordable = share * (double) SampleSlot.LENGTH.toNanos() / Math.max(1, sampleNanos);
        int more = step(ROOM * affordable);
        if (most > affordable || more > most) {
            most = Math.max(1, Math.min(most > affordable ? step(affordable) : more, MOST));
        }
        return most;
    }

    /** The largest of 1, 2, 3, 4, 6, 8, 12, 16 and so on that is not above the number; 0 if none is. */
    private static int step(double number) {
        int whole = (int) Math.min(number, MOST);
        int power = Integer.highestOneBit(whole);
        return whole >= power + power / 2 ? power + power / 2 : power;
    }
}
