package io.github.redissessionscaler.counting;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.counting.SampleWindow.Share;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Estimates of one database for any number of filters, from samples that all of them share.
 *
 * <p>Each primary is a stratum: its share of matching keys times its DBSIZE now. Expired keys that a server still holds
 * are in its DBSIZE; those met while sampling are counted among the keys that do not match. For use by one thread.
 */
final class Estimates {

    /** How many samples are tried before it is asked what they have cost; the window keeps so many of the first visit. */
    private static final int FIRST_SAMPLES = 16;

    /** How much of a server's time the first estimate takes, at most: some 400,000 keys. */
    private static final long FIRST_SERVER_NANOS = Duration.ofMillis(50).toNanos();

    /** How long the first estimate takes, at most, about: a call waits for it. */
    private static final long FIRST_NANOS = Duration.ofMillis(300).toNanos();

    /** And at least, so that they tell how samples differ. */
    private static final int FEWEST_FIRST_SAMPLES = 4;

    /** So many matching keys of each filter are enough for a first estimate, with a relative error below 3 %. */
    private static final long ENOUGH_MATCHING = 1_000;

    private record Stratum(KeyFilter filter, String shard) {}

    /** What one visit of a shard brought: DBSIZE now, and the server's time it took. */
    private record Visit(String shard, long size, long serverNanos, long keys, List<Drawn> drawn) {}

    private record Drawn(long keys, List<Long> matching) {}

    /** A number with its standard error. */
    record Estimate(double value, double standardError) {}

    /**
     * What a round found.
     *
     * @param estimates by filter
     * @param keys visited on all primaries
     * @param serverNanos the servers' time that it took
     * @param pauseNanos how long to wait before the next round
     */
    record Round(List<Estimate> estimates, long keys, long serverNanos, long pauseNanos) {

        /** The servers' time for each key, or 0 when there were none. */
        double serverNanosPerKey() {
            return keys == 0 ? 0 : (double) serverNanos / (double) keys;
        }
    }

    private final Keyspace keyspace;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final double share;
    private final Map<Stratum, SampleWindow> windows = new HashMap<>();
    private final Map<String, Sampler> samplers = new HashMap<>();
    private final Map<String, Pace> paces = new HashMap<>();

    Estimates(Keyspace keyspace, InstantSource clock, RandomGenerator random, double share) {
        this.keyspace = keyspace;
        this.clock = clock;
        this.random = random;
        this.share = share;
    }

    /**
     * Samples all primaries once, and more often for filters that are new.
     *
     * @throws InterruptedException if the thread is to end
     */
    Round round(List<KeyFilter> filters) throws InterruptedException {
        List<Shard> shards = keyspace.shards();
        List<String> names = shards.stream().map(Shard::name).toList();
        windows.keySet().removeIf(stratum -> !filters.contains(stratum.filter()) || !names.contains(stratum.shard()));
        samplers.keySet().retainAll(names);
        paces.keySet().retainAll(names);
        boolean first = windows.size() < filters.size() * names.size();
        for (Shard shard : shards) {
            paces.computeIfAbsent(shard.name(), _ -> Pace.of(shard, share));
            samplers.computeIfAbsent(
                    shard.name(), _ -> new Sampler(new SplittableRandom(random.nextLong()), names.size() > 1));
        }
        List<Visit> visits = InParallel.map(shards, shard -> visit(shard, filters, first));
        Instant now = clock.instant();
        List<Estimate> estimates = new ArrayList<>();
        for (int i = 0; i < filters.size(); i++) {
            estimates.add(estimate(filters.get(i), i, visits, now));
        }
        long nanos = visits.stream().mapToLong(Visit::serverNanos).sum();
        long keys = visits.stream().mapToLong(Visit::keys).sum();
        long pause = visits.stream()
                .mapToLong(visit -> pace(visit.shard()).pauseNanos(visit.serverNanos()))
                .max()
                .orElse(0);
        return new Round(estimates, keys, nanos, pause);
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
        return new Estimate(value, Math.sqrt(variance));
    }

    private Visit visit(Shard shard, List<KeyFilter> filters, boolean first) {
        Sampler sampler = requireNonNull(samplers.get(shard.name()));
        var timed = new TimedShard(shard, pace(shard.name()));
        List<Drawn> drawn = new ArrayList<>();
        long start = System.nanoTime();
        long serverNanos = 0;
        long size = 0;
        long keys = 0;
        do {
            Sample sample = sampler.draw(timed);
            var tally = new Tally(timed, filters);
            tally.add(sample.keys());
            long expired = Math.max(sample.sizeBefore() - sample.sizeAfter(), 0);
            drawn.add(new Drawn(sample.keys().size() + expired, tally.counts()));
            size = sample.sizeAfter();
            keys += sample.keys().size();
            serverNanos += timed.takeServerNanos();
        } while (first
                && keys < size
                && !enoughAtFirst(drawn, filters.size())
                && (drawn.size() < FIRST_SAMPLES
                        || (serverNanos < FIRST_SERVER_NANOS && System.nanoTime() - start < FIRST_NANOS)));
        return new Visit(shard.name(), size, serverNanos, keys, drawnTogether(drawn, filters.size()));
    }

    /** Whether the samples are as precise as is ever wanted; many of them need not be as precise as few can be. */
    private static boolean enoughAtFirst(List<Drawn> drawn, int filters) {
        long enough = drawn.size() < FIRST_SAMPLES ? ENOUGH_MATCHING : SampleWindow.PRECISE_MATCHING;
        return drawn.size() >= FEWEST_FIRST_SAMPLES
                && IntStream.range(0, filters).allMatch(i -> matching(drawn, i) >= enough);
    }

    private static long matching(List<Drawn> drawn, int filter) {
        return drawn.stream().mapToLong(one -> one.matching().get(filter)).sum();
    }

    /** Makes one of several, so that there are few of them, all about as large. */
    private static List<Drawn> drawnTogether(List<Drawn> drawn, int filters) {
        int each = Math.ceilDiv(drawn.size(), FIRST_SAMPLES);
        if (each == 1) {
            return drawn;
        }
        List<Drawn> together = new ArrayList<>();
        for (int from = 0; from < drawn.size(); from += each) {
            List<Drawn> some = drawn.subList(from, Math.min(from + each, drawn.size()));
            together.add(new Drawn(
                    some.stream().mapToLong(Drawn::keys).sum(),
                    IntStream.range(0, filters).mapToObj(i -> matching(some, i)).toList()));
        }
        return together;
    }

    private Pace pace(String shard) {
        return requireNonNull(paces.get(shard));
    }
}
