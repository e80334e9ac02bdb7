package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest samples of one shard for one filter, and the share of its keys that match.
 *
 * <p>The unit is a sample: the standard error is computed from the differences between samples, so that keys of one sample
 * may be similar. It is never less than that of as many independent keys.
 *
 * <p>A key that counts several times, for its elements, makes the sample as imprecise as fewer keys that each count alike. All
 * comparisons use that number of effective keys; where each key counts once, it is the number of matching keys.
 *
 * <p>Samples are dropped after {@link #SHORTEST} if enough newer ones have matching keys, else after {@link #LONGEST}, and
 * immediately if newer ones contradict them. So two windows with the same samples of the last {@link #LONGEST} are equal, whatever came
 * before. Not thread-safe.
 */
public final class SampleWindow {

    static final Duration SHORTEST = Duration.ofMinutes(1);

    /** Limit while the samples have fewer matching keys than {@link #ENOUGH_MATCHING}. */
    static final Duration LONGEST = Duration.ofMinutes(15);

    /** Matching keys for a standard error of 0.3 %; more are not kept. */
    static final long ENOUGH_MATCHING = 100_000;

    /** Matching keys for a standard error of 1.6 %; for fewer, more samples are drawn. */
    static final long PRECISE_MATCHING = 4_000;

    /** Fewest samples that show how samples differ. */
    private static final int FEWEST = 4;

    /** Fewest newer samples that can contradict the older ones: some seconds, to reduce the effect of chance. */
    private static final int FEWEST_NEWER = 8;

    /** Above this number or a smaller one, the older half is merged. */
    static final int MOST = 256;

    /** Samples of such a part of the wall clock are merged. There are fewer than half of {@link #MOST} in {@link #LONGEST}. */
    private static final Duration MERGED = Duration.ofSeconds(10);

    /** Age from which samples are merged; until then a change among them is found to the sample. */
    private static final Duration MERGED_AFTER = Duration.ofSeconds(30);

    /** A window that has just enough would often have too few. */
    private static final double RESERVE = 1.25;

    /** Distance in standard errors at which older and newer samples contradict each other. */
    private static final double DRIFT = 5;

    /**
     * A share of keys.
     *
     * @param value 0 to 1; more if keys count several times
     * @param variance of the value: its standard error, squared
     */
    public record Share(double value, double variance) {}

    /**
     * One sample, or several of the same {@link #MERGED}.
     *
     * @param at when the last of them was drawn
     * @param keys included in DBSIZE: those returned, and expired ones met
     */
    private record Drawn(Instant at, long keys, double matching, double squares) {

        private long part(Duration length) {
            return Math.floorDiv(at.getEpochSecond(), length.toSeconds());
        }

        boolean goesWith(Drawn later, Duration together) {
            return part(together) == later.part(together);
        }

        /** Whether no further sample goes with it, and it is old enough to be merged. */
        boolean isMergedAt(Instant now) {
            return Instant.ofEpochSecond((part(MERGED) + 1) * MERGED.toSeconds())
                    .plus(MERGED_AFTER)
                    .isBefore(now);
        }

        Drawn and(Drawn later) {
            return new Drawn(later.at, keys + later.keys, matching + later.matching, squares + later.squares);
        }
    }

    /**
     * Sums over some samples.
     *
     * @param squares sum over the keys of the square of what each counts
     * @param perKey sum over the samples of the square of the matching keys, divided by the keys
     */
    private record Sums(int samples, double keys, double matching, double squares, double perKey) {

        static final Sums NONE = new Sums(0, 0, 0, 0, 0);

        Sums plus(Drawn one) {
            double k = one.keys();
            double m = one.matching();
            return new Sums(samples + 1, keys + k, matching + m, squares + one.squares(), perKey + m * m / k);
        }

        Sums minus(Sums part) {
            return new Sums(
                    samples - part.samples,
                    keys - part.keys,
                    matching - part.matching,
                    squares - part.squares,
                    perKey - part.perKey);
        }

        /** How often an effective key counts; 1 if each matching key counts once. */
        double unit() {
            return matching > 0 ? squares / matching : 1;
        }

        /** The same samples with effective keys in place of the matching ones. */
        Sums in(double unit) {
            return new Sums(samples, keys, matching / unit, squares / (unit * unit), perKey / (unit * unit));
        }

        double share() {
            return matching / keys;
        }

        /**
         * Sum over the samples of their squared residuals, divided by their keys: each of them says as much about the variance of a key,
         * whatever its size.
         */
        double residuals() {
            return Math.max(0, perKey - matching * matching / keys);
        }

        /** The variance of a ratio of sums, from the residuals of the samples. */
        double varianceBetween() {
            return samples < 2 ? 0 : residuals() / (samples - 1) / keys;
        }

        /** Adds one matching and one other key, so that it is not 0 if all keys are alike. */
        double varianceOneByOne() {
            double share = (matching + 1) / (keys + 2);
            return share * (1 - share) / keys;
        }

        /** Half the deviance of independent keys if this is the true share. */
        double surprise(double trueShare) {
            return surprise(matching, keys * trueShare)
                    + surprise(Math.max(0, keys - matching), keys * (1 - trueShare));
        }

        private static double surprise(double seen, double expected) {
            return seen == 0 ? 0 : seen * Math.log(seen / expected);
        }
    }

    /** The oldest first. */
    private final List<Drawn> samples = new ArrayList<>();

    /** Adds the newest sample. */
    public void add(Instant at, long keys, MatchSum matching) {
        add(at, keys, matching, MOST);
    }

    /**
     * The same.
     *
     * @param most samples to keep, from 8 to {@link #MOST}
     */
    void add(Instant at, long keys, MatchSum matching, int most) {
        if (keys > 0) {
            samples.add(new Drawn(at, keys, (double) matching.sum(), matching.squares()));
        }
        forgetOld(at);
        forgetContradicted();
        merge((int) samples.stream().takeWhile(sample -> sample.isMergedAt(at)).count(), MERGED);
        for (Duration together = MERGED; samples.size() > most; together = together.multipliedBy(2)) {
            merge(samples.size() / 2, together);
        }
    }

    private void forgetOld(Instant now) {
        Sums all = sums();
        double unit = all.unit();
        double matching = all.matching() / unit;
        while (samples.size() > FEWEST && samples.getFirst().at().plus(SHORTEST).isBefore(now)) {
            Drawn oldest = samples.getFirst();
            boolean enough = matching - oldest.matching() / unit >= ENOUGH_MATCHING;
            if (!enough && !oldest.at().plus(LONGEST).isBefore(now)) {
                return;
            }
            matching -= oldest.matching() / unit;
            samples.removeFirst();
        }
    }

    /** Merges the oldest samples, as far as they are of the same part of the wall clock. */
    private void merge(int number, Duration together) {
        List<Drawn> older = samples.subList(0, number);
        List<Drawn> sums = new ArrayList<>();
        for (Drawn one : older) {
            if (!sums.isEmpty() && sums.getLast().goesWith(one, together)) {
                sums.add(sums.removeLast().and(one));
            } else {
                sums.add(one);
            }
        }
        older.clear();
        samples.addAll(0, sums);
    }

    int size() {
        return samples.size();
    }

    /**
     * How many samples of each visit it takes to become or to stay precise enough: a power of two, so that it changes rarely.
     * {@link Integer#MAX_VALUE} while it is not precise.
     *
     * @param visits in {@link #LONGEST}
     * @param sampleKeys keys of a sample
     */
    int wanted(long visits, int sampleKeys) {
        Sums all = sums();
        double matching = all.matching() / all.unit();
        if (matching < PRECISE_MATCHING) {
            return Integer.MAX_VALUE;
        }
        double ofOne = matching / all.keys() * sampleKeys * visits;
        int wanted = 1;
        while (wanted * ofOne < PRECISE_MATCHING * RESERVE) {
            wanted *= 2;
        }
        return wanted;
    }

    /** The share; 0 for an empty shard. */
    public Share share() {
        Sums all = sums();
        if (all.keys() == 0) {
            return new Share(0, 0);
        }
        double unit = all.unit();
        Sums effective = all.in(unit);
        double variance = Math.max(effective.varianceBetween(), effective.varianceOneByOne());
        return new Share(all.share(), variance * unit * unit);
    }

    private Sums sums() {
        Sums sums = Sums.NONE;
        for (Drawn one : samples) {
            sums = sums.plus(one);
        }
        return sums;
    }

    /** If the share has changed, drops the samples before the most probable time of the change. */
    private void forgetContradicted() {
        Sums all = sums();
        double unit = all.unit();
        Sums older = Sums.NONE;
        int border = 0;
        double largest = DRIFT * DRIFT;
        for (int i = 0; i < samples.size() - FEWEST_NEWER; i++) {
            older = older.plus(samples.get(i));
            double deviance = deviance(older.in(unit), all.minus(older).in(unit));
            if (deviance > largest) {
                largest = deviance;
                border = older.samples();
            }
        }
        samples.subList(0, border).clear();
    }

    /** How much the two contradict each other as independent keys; 0 if they do not contradict each other as samples. */
    private static double deviance(Sums older, Sums newer) {
        double common = (older.matching() + newer.matching()) / (older.keys() + newer.keys());
        double apart = older.share() - newer.share();
        double squared = apart * apart;
        double variance = common * (1 - common) * (1 / older.keys() + 1 / newer.keys());
        // A cheap bound: if this is small, the deviance is too.
        if (squared <= variance * DRIFT * DRIFT / 4) {
            return 0;
        }
        int freedom = older.samples() + newer.samples() - 2;
        double perKey = (older.residuals() + newer.residuals()) / freedom;
        double quantile = quantile(freedom);
        if (squared <= quantile * quantile * perKey * (1 / older.keys() + 1 / newer.keys())) {
            return 0;
        }
        return 2 * (older.surprise(common) + newer.surprise(common));
    }

    /** The quantile of Student's distribution with the probability of {@link #DRIFT} in the normal one. */
    private static double quantile(int freedom) {
        double spread = (freedom - 1.0) * (freedom - 1.0);
        return Math.sqrt(freedom * Math.expm1(DRIFT * DRIFT * (freedom - 1.5) / spread));
    }
}
