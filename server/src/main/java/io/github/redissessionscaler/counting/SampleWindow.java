package io.github.redissessionscaler.counting;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The latest samples of one shard for one filter, and the share of its keys that match.
 *
 * <p>A sample is the unit: the standard error comes from how the samples differ among each other, so that keys of one
 * sample may have more in common than chance. It is never less than that of as many keys drawn one by one.
 *
 * <p>Old samples leave after {@link #LONGEST}, or up to {@link #LONGEST_OF_FEW} where few keys match, and earlier when the newer ones say something else: the window is then cut
 * until its older and newer part agree. Not for use by several threads.
 */
final class SampleWindow {

    static final Duration LONGEST = Duration.ofMinutes(1);

    /** Samples stay longer while the newer ones hold fewer matching keys than {@link #PRECISE_MATCHING}. */
    static final Duration LONGEST_OF_FEW = Duration.ofMinutes(5);

    /** So many matching keys make a standard error of 5 %. */
    static final long PRECISE_MATCHING = 400;

    /** Fewer tell nothing about how samples differ. */
    private static final int FEWEST = 4;

    /** How many standard errors apart the parts of a window are said to differ: by chance, once in 200 samples. */
    private static final double DRIFT = 2.8;

    /** How large a part of the window is compared with what came before. */
    private static final double[] NEWER_PARTS = {0.125, 0.25, 0.5};

    /**
     * A share of keys.
     *
     * @param value 0 to 1
     * @param variance of the value: its standard error, squared
     */
    record Share(double value, double variance) {}

    /**
     * One sample.
     *
     * @param keys that DBSIZE counts: those seen, and the expired ones that were met
     */
    private record Drawn(Instant at, long keys, long matching) {}

    private final Deque<Drawn> samples = new ArrayDeque<>();

    /** Adds the newest sample. */
    void add(Instant at, long keys, long matching) {
        if (keys > 0) {
            samples.addLast(new Drawn(at, keys, matching));
        }
        forgetOld(at);
        while (samples.size() > 2 * FEWEST && drifts()) {
            samples.removeFirst();
        }
    }

    private void forgetOld(Instant now) {
        long matching = samples.stream().mapToLong(Drawn::matching).sum();
        while (samples.size() > FEWEST && samples.getFirst().at().plus(LONGEST).isBefore(now)) {
            Drawn oldest = samples.getFirst();
            boolean precise = matching - oldest.matching() >= PRECISE_MATCHING;
            if (!precise && !oldest.at().plus(LONGEST_OF_FEW).isBefore(now)) {
                return;
            }
            matching -= oldest.matching();
            samples.removeFirst();
        }
    }

    int size() {
        return samples.size();
    }

    /** The share, or that of an empty shard. */
    Share share() {
        return share(new ArrayList<>(samples));
    }

    private boolean drifts() {
        List<Drawn> all = new ArrayList<>(samples);
        for (double part : NEWER_PARTS) {
            int newer = Math.max(FEWEST, (int) (all.size() * part));
            int border = all.size() - newer;
            if (border < FEWEST) {
                continue;
            }
            Share before = share(all.subList(0, border));
            Share after = share(all.subList(border, all.size()));
            double apart = Math.abs(before.value() - after.value());
            if (apart > DRIFT * Math.sqrt(before.variance() + after.variance())) {
                return true;
            }
        }
        return false;
    }

    private static Share share(List<Drawn> samples) {
        double keys = 0;
        double matching = 0;
        for (Drawn sample : samples) {
            keys += sample.keys();
            matching += sample.matching();
        }
        if (keys == 0) {
            return new Share(0, 0);
        }
        double share = matching / keys;
        return new Share(share, Math.max(between(samples, share, keys), drawnOneByOne(matching, keys)));
    }

    /** The variance of a ratio of sums, from the residuals of the samples. */
    private static double between(List<Drawn> samples, double share, double keys) {
        int count = samples.size();
        if (count < 2) {
            return 0;
        }
        double squares = 0;
        for (Drawn sample : samples) {
            double residual = sample.matching() - share * sample.keys();
            squares += residual * residual;
        }
        return squares / (keys * keys) * count / (count - 1);
    }

    /** With one key more that matches and one that does not, so that it is not 0 when all seen were alike. */
    private static double drawnOneByOne(double matching, double keys) {
        double share = (matching + 1) / (keys + 2);
        return share * (1 - share) / keys;
    }
}
