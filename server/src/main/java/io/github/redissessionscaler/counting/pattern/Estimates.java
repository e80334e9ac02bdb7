package io.github.redissessionscaler.counting.pattern;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.counting.pattern.SampleWindow.Share;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.Shard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Estimates of one database for any number of filters, from samples that all of them share.
 *
 * <p>Each primary is a stratum: its share of matching keys times its DBSIZE now. Expired keys that a server still holds
 * are in its DBSIZE; those met while sampling are counted among the keys that do not match. For use by one thread.
 */
public final class Estimates {

    /** With a larger relative standard error, an estimate is imprecise. */
    private static final double LARGEST_RELATIVE_ERROR = 0.05;

    /** One that was imprecise stays so until it is better than that. */
    private static final double RELATIVE_ERROR_AGAIN = 0.04;

    /** How long more samples are drawn until the first estimate is not imprecise. */
    static final Duration LONGEST_FIRST = Duration.ofSeconds(10);

    /** How many samples are tried before it is asked what they have cost; the window keeps so many of a visit. */
    private static final int FIRST_SAMPLES = 16;

    /** How much of a server's time the first visit takes, at most: some 400,000 keys. */
    private static final long FIRST_SERVER_NANOS = Duration.ofMillis(50).toNanos();

    /** How long the first visit takes, at most, about: a call waits for it. */
    private static final long FIRST_NANOS = Duration.ofMillis(300).toNanos();

    /** And at least, so that they tell how samples differ. */
    private static final int FEWEST_FIRST_SAMPLES = 4;

    /** So many matching keys of each filter are enough for a first estimate, with a relative error below 3 %. */
    private static final long ENOUGH_MATCHING = 1_000;

    /** So many are enough where more samples are needed for it: for a relative standard error of 4.5 %. */
    private static final long ENOUGH_OF_FEW = 500;

    /** How often a database is visited. */
    private static final long VISIT_NANOS = Duration.ofMillis(250).toNanos();

    private record Stratum(KeyFilter filter, String shard) {}

    /** What one visit of a shard brought: DBSIZE now, and the server's time it took. */
    private record Visit(String shard, long size, long serverNanos, long keys, List<DrawnPage> drawn) {}

    private record DrawnPage(long keys, List<Long> matching) {}

    /**
     * A number with its standard error.
     *
     * @param early whether it is imprecise, and samples that follow soon may change that
     */
    public record Estimate(double value, double standardError, boolean early) {

        /** Whether the error is too large to go without a warning. */
        boolean isImprecise(boolean before) {
            double largest = before ? RELATIVE_ERROR_AGAIN : LARGEST_RELATIVE_ERROR;
            return standardError > Math.max(1, largest * value);
        }
    }

    /**
     * What a round found.
     *
     * @param estimates by filter
     * @param keys visited on all primaries
     * @param serverNanos the servers' time that it took
     * @param pauseNanos how long to wait before the next round
     */
    public record SampleRound(List<Estimate> estimates, long keys, long serverNanos, long pauseNanos) {

        /** The servers' time for each key, or 0 when there were none. */
        double serverNanosPerKey() {
            return keys == 0 ? 0 : (double) serverNanos / (double) keys;
        }
    }

    private final Keyspace keyspace;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final double share;
    private final double firstShare;
    private final Map<Stratum, SampleWindow> windows = new HashMap<>();
    private final Map<KeyFilter, Instant> since = new HashMap<>();
    private final Map<String, Sampler> samplers = new HashMap<>();
    private final Map<String, ServerThrottle> paces = new HashMap<>();

    /** Until when an estimate is early, at most. */
    private volatile Instant hurriesUntil = Instant.MIN;

    /**
     * Nothing is sampled yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @param share how much of each server's time samples take, at most
     * @param firstShare the same while a first estimate is imprecise
     */
    public Estimates(
            Keyspace keyspace,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            double share,
            double firstShare) {
        this.keyspace = keyspace;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
        this.share = share;
        this.firstShare = Math.max(share, firstShare);
    }

    /** Whether first estimates are being made, at more cost than later ones. Any thread may ask. */
    boolean hurries() {
        return clock.instant().isBefore(hurriesUntil);
    }

    private double share() {
        return hurries() ? firstShare : share;
    }

    /**
     * Samples all primaries, and more often for filters that are new or of which few keys match.
     *
     * @throws InterruptedException if the thread is to end
     */
    public SampleRound round(List<KeyFilter> filters) throws InterruptedException {
        List<Shard> shards = keyspace.shards();
        List<String> names = shards.stream().map(Shard::name).toList();
        windows.keySet().removeIf(stratum -> !filters.contains(stratum.filter()) || !names.contains(stratum.shard()));
        samplers.keySet().retainAll(names);
        paces.keySet().retainAll(names);
        since.keySet().retainAll(filters);
        boolean first = windows.size() < filters.size() * names.size();
        boolean more = !windows.values().stream().allMatch(SampleWindow::precise);
        for (Shard shard : shards) {
            paces.computeIfAbsent(shard.name(), _ -> ServerThrottle.of(shard, this::share, nanoTime));
            samplers.computeIfAbsent(
                    shard.name(), _ -> new Sampler(new SplittableRandom(random.nextLong()), names.size() > 1));
        }
        List<Visit> visits = InParallel.map(shards, shard -> visit(shard, filters, first, more));
        Instant now = clock.instant();
        List<Estimate> estimates = new ArrayList<>();
        for (int i = 0; i < filters.size(); i++) {
            estimates.add(estimate(filters.get(i), i, visits, now));
        }
        hurriesUntil = IntStream.range(0, filters.size())
                .filter(i -> estimates.get(i).early())
                .mapToObj(i -> firstUntil(filters.get(i), now))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        long nanos = visits.stream().mapToLong(Visit::serverNanos).sum();
        long keys = visits.stream().mapToLong(Visit::keys).sum();
        long pause = visits.stream()
                .mapToLong(visit -> pace(visit.shard()).pauseNanos(visit.serverNanos()))
                .max()
                .orElse(0);
        return new SampleRound(estimates, keys, nanos, Math.max(pause, VISIT_NANOS));
    }

    private Estimate estimate(KeyFilter filter, int index, List<Visit> visits, Instant now) {
        double value = 0;
        double variance = 0;
        for (Visit visit : visits) {
            SampleWindow window = windows.computeIfAbsent(new Stratum(filter, visit.shard()), _ -> new SampleWindow());
            visit.drawn()
                    .forEach(drawn ->
                            window.add(now, drawn.keys(), drawn.matching().get(index)));
            Share matching = window.share();
            double size = visit.size();
            value += size * matching.value();
            variance += size * size * matching.variance();
        }
        var estimate = new Estimate(value, Math.sqrt(variance), false);
        boolean early = estimate.isImprecise(false) && now.isBefore(firstUntil(filter, now));
        return new Estimate(value, Math.sqrt(variance), early);
    }

    /** Until when more samples of it are drawn than later: it is imprecise for the first time now, or was before. */
    private Instant firstUntil(KeyFilter filter, Instant now) {
        return since.computeIfAbsent(filter, _ -> now).plus(LONGEST_FIRST);
    }

    private Visit visit(Shard shard, List<KeyFilter> filters, boolean first, boolean more) {
        Sampler sampler = requireNonNull(samplers.get(shard.name()));
        var timed = new TimedShard(shard, pace(shard.name()), nanoTime);
        List<DrawnPage> drawn = new ArrayList<>();
        long start = nanoTime.getAsLong();
        long serverNanos = 0;
        long size = 0;
        long keys = 0;
        do {
            Sample sample = sampler.draw(timed);
            var tally = new MatchCounter(timed, filters);
            tally.add(sample.keys());
            long expired = Math.max(sample.sizeBefore() - sample.sizeAfter(), 0);
            drawn.add(new DrawnPage(sample.keys().size() + expired, tally.counts()));
            size = sample.sizeAfter();
            keys += sample.keys().size();
            serverNanos += timed.takeServerNanos();
        } while (keys < size
                && (first
                        ? wantsMoreAtFirst(drawn, filters.size(), serverNanos, nanoTime.getAsLong() - start)
                        : more && mayDrawMore(drawn.size(), serverNanos, nanoTime.getAsLong() - start)));
        return new Visit(
                shard.name(),
                size,
                serverNanos,
                keys,
                drawnTogether(drawn, filters.size(), first || hurries() ? FIRST_SAMPLES : 1));
    }

    private static boolean wantsMoreAtFirst(List<DrawnPage> drawn, int filters, long serverNanos, long nanos) {
        return !enoughAtFirst(drawn, filters)
                && (drawn.size() < FIRST_SAMPLES || (serverNanos < FIRST_SERVER_NANOS && nanos < FIRST_NANOS));
    }

    /** Whether one sample more costs no more than what may be taken of the server's time between two visits. */
    private boolean mayDrawMore(int drawn, long serverNanos, long nanos) {
        double budget = share() * (double) VISIT_NANOS;
        return nanos < VISIT_NANOS && (double) serverNanos / (double) drawn * (drawn + 1) <= budget;
    }

    /** Whether the samples are as precise as is ever wanted; many of them need not be as precise as few can be. */
    private static boolean enoughAtFirst(List<DrawnPage> drawn, int filters) {
        long enough = drawn.size() < FIRST_SAMPLES ? ENOUGH_MATCHING : ENOUGH_OF_FEW;
        return drawn.size() >= FEWEST_FIRST_SAMPLES
                && IntStream.range(0, filters).allMatch(i -> matching(drawn, i) >= enough);
    }

    private static long matching(List<DrawnPage> drawn, int filter) {
        return drawn.stream().mapToLong(one -> one.matching().get(filter)).sum();
    }

    /** Makes one of several, so that there are few of them, all about as large. */
    private static List<DrawnPage> drawnTogether(List<DrawnPage> drawn, int filters, int most) {
        int each = Math.ceilDiv(drawn.size(), most);
        if (each == 1) {
            return drawn;
        }
        List<DrawnPage> together = new ArrayList<>();
        for (int from = 0; from < drawn.size(); from += each) {
            List<DrawnPage> some = drawn.subList(from, Math.min(from + each, drawn.size()));
            together.add(new DrawnPage(
                    some.stream().mapToLong(DrawnPage::keys).sum(),
                    IntStream.range(0, filters).mapToObj(i -> matching(some, i)).toList()));
        }
        return together;
    }

    private ServerThrottle pace(String shard) {
        return requireNonNull(paces.get(shard));
    }
}
