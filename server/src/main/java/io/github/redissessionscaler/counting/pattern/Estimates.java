package io.github.redissessionscaler.counting.pattern;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.counting.pattern.SampleWindow.Share;
import io.github.redissessionscaler.keyspace.InParallel;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
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
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Estimates the counts of any number of filters in one database from shared samples.
 *
 * <p>Each primary is a stratum: its share of matching keys times its current DBSIZE. DBSIZE includes expired keys that are
 * not deleted yet; those met while sampling count as keys that do not match.
 *
 * <p>All replicas of the scaler visit a database in the same {@link SampleSlot slots} and look at the same places, and each filter uses
 * only as many samples of a visit as it needs itself, whatever the others need. So their estimates agree as soon as they have the
 * same samples. Where keys are drawn one by one, the server chooses them, and the estimates agree within their errors. Not
 * thread-safe.
 */
public final class Estimates {

    /** Relative standard error above which an estimate is imprecise. */
    private static final double LARGEST_RELATIVE_ERROR = 0.05;

    /** Relative standard error below which it is precise again. */
    private static final double RELATIVE_ERROR_AGAIN = 0.04;

    /** Longest time of increased sampling for a precise first estimate. */
    static final Duration LONGEST_FIRST = Duration.ofSeconds(10);

    /** Number of samples before their cost is checked; the window keeps at most this many of one visit. */
    private static final int FIRST_SAMPLES = 16;

    /** Most time of a server for the first visit: about 400,000 keys. */
    private static final long FIRST_SERVER_NANOS = Duration.ofMillis(50).toNanos();

    /** Approximate limit on the duration of the first visit: a call waits for it. */
    private static final long FIRST_NANOS = Duration.ofMillis(300).toNanos();

    /** Fewest samples of the first visit, to measure how samples differ. */
    private static final int FEWEST_FIRST_SAMPLES = 4;

    /** Matching keys of each filter that suffice for a first estimate, with a relative error below 3 %. */
    private static final long ENOUGH_MATCHING = 1_000;

    /** Matching keys that suffice if more samples are needed: for a relative standard error of 4.5 %. */
    private static final long ENOUGH_OF_FEW = 500;

    /** A database is visited once in each slot, or in fewer where a sample is too expensive. */
    private static final long VISIT_NANOS = SampleSlot.LENGTH.toNanos();

    /** Visits in the longest time that samples are kept. */
    private static final long VISITS = SampleWindow.LONGEST.dividedBy(SampleSlot.LENGTH);

    private record Stratum(KeyFilter filter, String shard) {}

    /** The result of one visit of a shard, with its DBSIZE and the server time used. */
    private record Visit(
            String shard, long size, long serverNanos, long readNanos, long keys, List<DrawnSample> drawn) {}

    private record DrawnSample(long keys, List<MatchSum> matching) {}

    /** One or more samples, for one filter. */
    private record DrawnPart(long keys, MatchSum matching) {}

    /**
     * A number with its standard error.
     *
     * @param minute number of the minute of its last sample
     * @param early whether it is imprecise and further samples follow soon
     * @param refusal why Redis refuses a read that it needs; then the number is meaningless
     */
    public record Estimate(
            double value, double standardError, long minute, boolean early, Optional<KeyspaceException> refusal) {

        /** Whether the error is large enough for a warning. */
        boolean isImprecise(boolean before) {
            double largest = before ? RELATIVE_ERROR_AGAIN : LARGEST_RELATIVE_ERROR;
            return standardError > Math.max(1, largest * value);
        }
    }

    /**
     * The result of a round.
     *
     * @param estimates by filter
     * @param keys visited on all primaries
     * @param serverNanos server time used
     * @param readNanos the part of it for the rules of filters
     * @param pauseNanos how long to wait before the next round
     */
    public record SampleRound(List<Estimate> estimates, long keys, long serverNanos, long readNanos, long pauseNanos) {

        /** Per key; 0 if there were no keys. */
        KeyCosts costs() {
            return KeyCosts.measured(serverNanos, readNanos, keys);
        }
    }

    private final Keyspace keyspace;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final double share;
    private final double firstShare;
    private final PatternBudget budget;
    private final Map<Stratum, SampleWindow> windows = new HashMap<>();
    private final Map<KeyFilter, Instant> since = new HashMap<>();
    private final Map<String, ShardSamples> shardSamples = new HashMap<>();

    /** Time until which an estimate may be early. */
    private volatile Instant hurriesUntil = Instant.MIN;

    /**
     * Without samples.
     *
     * @param clock of the slots; the clocks of all replicas show about the same time
     * @param nanoTime as {@link System#nanoTime}
     * @param share largest share of each server's time for samples
     * @param firstShare the same while a first estimate is imprecise
     */
    public Estimates(Keyspace keyspace, InstantSource clock, LongSupplier nanoTime, double share, double firstShare) {
        this(keyspace, clock, nanoTime, share, firstShare, new PatternBudget());
    }

    /** The same, with a budget for the samples that it shares with other databases. */
    Estimates(
            Keyspace keyspace,
            InstantSource clock,
            LongSupplier nanoTime,
            double share,
            double firstShare,
            PatternBudget budget) {
        this.budget = budget;
        this.keyspace = keyspace;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.share = share;
        this.firstShare = Math.max(share, firstShare);
    }

    /** Whether first estimates are in progress, at a higher cost than later ones. Thread-safe. */
    boolean hurries() {
        return clock.instant().isBefore(hurriesUntil);
    }

    private double share() {
        return hurries() ? firstShare : share;
    }

    /**
     * Samples all primaries, more often for new filters and for those with few matching keys.
     *
     * @throws InterruptedException if the loop is stopped
     */
    public SampleRound round(List<KeyFilter> filters) throws InterruptedException {
        return round(filters, filters);
    }

    /**
     * The same for some of all filters.
     *
     * @param all whose earlier samples are kept
     * @throws InterruptedException if the loop is stopped
     */
    SampleRound round(List<KeyFilter> filters, List<KeyFilter> all) throws InterruptedException {
        List<Shard> shards = keyspace.shards();
        List<String> names = shards.stream().map(Shard::name).toList();
        windows.keySet().removeIf(stratum -> !all.contains(stratum.filter()) || !names.contains(stratum.shard()));
        shardSamples.keySet().retainAll(names);
        since.keySet().retainAll(all);
        boolean first = filters.stream()
                .anyMatch(filter -> names.stream().anyMatch(name -> !windows.containsKey(new Stratum(filter, name))));
        int wanted = windows.entrySet().stream()
                .filter(window -> filters.contains(window.getKey().filter()))
                .map(Map.Entry::getValue)
                .filter(window -> window.size() > 0)
                .mapToInt(Estimates::wanted)
                .max()
                .orElse(1);
        SampleSlot slot = SampleSlot.at(clock.instant());
        for (Shard shard : shards) {
            shardSamples.computeIfAbsent(shard.name(), _ -> new ShardSamples(shard, RoundTrip.to(shard, nanoTime)));
        }
        List<Visit> visits = InParallel.map(shards, shard -> visit(shard, filters, slot, first, wanted));
        Instant now = clock.instant();
        List<Estimate> estimates = new ArrayList<>();
        for (int i = 0; i < filters.size(); i++) {
            estimates.add(estimate(filters.get(i), i, visits, slot, now));
        }
        hurriesUntil = IntStream.range(0, filters.size())
                .filter(i -> estimates.get(i).early())
                .mapToObj(i -> firstUntil(filters.get(i), now))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        long nanos = visits.stream().mapToLong(Visit::serverNanos).sum();
        long readNanos = visits.stream().mapToLong(Visit::readNanos).sum();
        long keys = visits.stream().mapToLong(Visit::keys).sum();
        return new SampleRound(estimates, keys, nanos, readNanos, pauseNanos(visits, slot, first));
    }

    /** Until the next slot, or longer where the samples are so expensive that their cost is not made up for then. */
    private long pauseNanos(List<Visit> visits, SampleSlot slot, boolean first) {
        long rest = 0;
        for (Visit visit : visits) {
            ShardSamples samples = samples(visit.shard());
            long cost = first
                    ? visit.serverNanos()
                    : samples.meanNanos(visit.drawn().size());
            rest = Math.max(rest, ServerThrottle.pauseAfter(cost, share()));
        }
        long untilNextSlot =
                Duration.between(clock.instant(), slot.next().start()).toNanos();
        return Math.max(rest, untilNextSlot);
    }

    private static int wanted(SampleWindow window) {
        return window.wanted(VISITS, Sampler.USUAL_KEYS);
    }

    private Estimate estimate(KeyFilter filter, int index, List<Visit> visits, SampleSlot slot, Instant now) {
        double value = 0;
        double variance = 0;
        int samples = budget.samples(visits.size());
        // of all shards, also where a refusal ends the loop: a window that is missing means a first visit
        visits.forEach(visit -> windows.computeIfAbsent(new Stratum(filter, visit.shard()), _ -> new SampleWindow()));
        for (Visit visit : visits) {
            SampleWindow window = requireNonNull(windows.get(new Stratum(filter, visit.shard())));
            Optional<KeyspaceException> refusal = matching(visit.drawn(), index).refusal();
            if (refusal.isPresent()) {
                return new Estimate(0, 0, slot.minute(), false, refusal);
            }
            int parts = window.size() == 0 || hurries() ? FIRST_SAMPLES : 1;
            int used = Math.min(
                    window.size() == 0 ? Integer.MAX_VALUE : wanted(window),
                    visit.drawn().size());
            for (DrawnPart drawn : drawnTogether(visit.drawn().subList(0, used), index, parts)) {
                window.add(slot.start(), drawn.keys(), drawn.matching(), samples);
            }
            Share matching = window.share();
            double size = visit.size();
            value += size * matching.value();
            variance += size * size * matching.variance();
        }
        var estimate = new Estimate(value, Math.sqrt(variance), slot.minute(), false, Optional.empty());
        boolean early = estimate.isImprecise(false) && now.isBefore(firstUntil(filter, now));
        return new Estimate(value, Math.sqrt(variance), slot.minute(), early, Optional.empty());
    }

    /** Time until which the filter is sampled more often, from its first imprecise estimate on. */
    private Instant firstUntil(KeyFilter filter, Instant now) {
        return since.computeIfAbsent(filter, _ -> now).plus(LONGEST_FIRST);
    }

    private Visit visit(Shard shard, List<KeyFilter> filters, SampleSlot slot, boolean first, int wanted) {
        ShardSamples samples = samples(shard.name());
        var timed = new TimedShard(shard, samples.roundTrip(), nanoTime);
        List<DrawnSample> drawn = new ArrayList<>();
        int most = Math.min(wanted, samples.most(share()));
        long start = nanoTime.getAsLong();
        long serverNanos = 0;
        long size = 0;
        long keys = 0;
        do {
            Sample sample = samples.draw(timed, slot);
            var tally = new MatchCounter(timed, filters);
            tally.add(sample.keys());
            long expired = Math.max(sample.sizeBefore() - sample.sizeAfter(), 0);
            drawn.add(new DrawnSample(sample.keys().size() + expired, tally.sums()));
            size = sample.sizeAfter();
            keys += sample.keys().size();
            long sampleNanos = timed.takeServerNanos();
            samples.took(sampleNanos);
            serverNanos += sampleNanos;
        } while (keys < size
                && (first
                        ? wantsMoreAtFirst(drawn, filters.size(), serverNanos, nanoTime.getAsLong() - start)
                        : drawn.size() < most && nanoTime.getAsLong() - start < VISIT_NANOS));
        return new Visit(shard.name(), size, serverNanos, timed.readNanos(), keys, List.copyOf(drawn));
    }

    private static boolean wantsMoreAtFirst(List<DrawnSample> drawn, int filters, long serverNanos, long nanos) {
        return !enoughAtFirst(drawn, filters)
                && (drawn.size() < FIRST_SAMPLES || (serverNanos < FIRST_SERVER_NANOS && nanos < FIRST_NANOS));
    }

    /** Whether the samples are precise enough for a first estimate. With many filters, less is enough. */
    private static boolean enoughAtFirst(List<DrawnSample> drawn, int filters) {
        long enough = drawn.size() < FIRST_SAMPLES ? ENOUGH_MATCHING : ENOUGH_OF_FEW;
        return drawn.size() >= FEWEST_FIRST_SAMPLES
                && IntStream.range(0, filters).allMatch(i -> isEnough(matching(drawn, i), enough));
    }

    private static boolean isEnough(MatchSum sum, long enough) {
        return sum.refusal().isPresent() || sum.effectiveKeys() >= enough;
    }

    private static MatchSum matching(List<DrawnSample> drawn, int filter) {
        return drawn.stream().map(one -> one.matching().get(filter)).reduce(MatchSum.NONE, MatchSum::plus);
    }

    /** What a filter counts in the samples, merged into at most this many, of about the same size. */
    private static List<DrawnPart> drawnTogether(List<DrawnSample> drawn, int filter, int most) {
        int each = Math.ceilDiv(drawn.size(), most);
        List<DrawnPart> together = new ArrayList<>();
        for (int from = 0; from < drawn.size(); from += each) {
            List<DrawnSample> some = drawn.subList(from, Math.min(from + each, drawn.size()));
            together.add(
                    new DrawnPart(some.stream().mapToLong(DrawnSample::keys).sum(), matching(some, filter)));
        }
        return together;
    }

    private ShardSamples samples(String shard) {
        return requireNonNull(shardSamples.get(shard));
    }
}
