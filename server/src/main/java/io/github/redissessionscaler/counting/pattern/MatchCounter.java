package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.pattern.KeyCheck.KeyRead;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Counts the keys of a shard's pages for several filters together. Not thread-safe. */
public final class MatchCounter {

    /**
     * What a filter counts of some keys.
     *
     * @param sum of what each key counts
     * @param squares sum of the squares: equal to the sum if each key counts once
     * @param refusal why Redis refuses a read that the filter needs; then the sum is meaningless
     */
    public record MatchSum(long sum, double squares, Optional<KeyspaceException> refusal) {

        static final MatchSum NONE = of(0);

        /** Keys that count once. */
        public static MatchSum of(long keys) {
            return new MatchSum(keys, keys, Optional.empty());
        }

        MatchSum plus(MatchSum other) {
            return new MatchSum(sum + other.sum, squares + other.squares, refusal.or(() -> other.refusal));
        }

        /** As many keys that count once would have the same relative error; for such keys, their number. */
        double effectiveKeys() {
            return sum == 0 ? 0 : (double) sum * (double) sum / squares;
        }
    }

    /** The keys of one page that count for one filter so far, and how much each of them counts. */
    private static final class PageMatches {
        private final BitSet keys = new BitSet();
        private long[] weights = new long[0];

        /** Lets a key count so many times as much. */
        void multiply(int at, long weight, int pageSize) {
            if (weight == 0) {
                keys.clear(at);
            } else if (weight != 1) {
                if (weights.length == 0) {
                    weights = new long[pageSize];
                    Arrays.fill(weights, 1);
                }
                weights[at] *= weight;
            }
        }

        MatchSum sum() {
            if (weights.length == 0) {
                return MatchSum.of(keys.cardinality());
            }
            return keys.stream()
                    .mapToObj(at ->
                            new MatchSum(weights[at], (double) weights[at] * (double) weights[at], Optional.empty()))
                    .reduce(MatchSum.NONE, MatchSum::plus);
        }
    }

    private final Shard shard;
    private final KeyFilter[] filters;
    private final List<List<KeyCheck>> checks;
    private final List<KeyRead> reads;
    private final MatchSum[] sums;

    MatchCounter(Shard shard, List<KeyFilter> filters) {
        this.shard = shard;
        this.filters = filters.toArray(KeyFilter[]::new);
        this.checks = filters.stream().map(KeyFilter::checks).toList();
        this.reads = checks.stream()
                .flatMap(List::stream)
                .map(KeyCheck::read)
                .distinct()
                .sorted(Comparator.comparingInt(KeyRead::order))
                .toList();
        this.sums = Stream.generate(() -> MatchSum.NONE).limit(filters.size()).toArray(MatchSum[]::new);
    }

    /** The sum of each filter so far. */
    List<MatchSum> sums() {
        return List.of(sums);
    }

    void add(List<byte[]> keys) {
        add(keys, _ -> true);
    }

    /**
     * Counts these keys. Each read that a rule needs is sent once for each key whose name matches a filter with it, for all
     * filters together.
     *
     * @param isNew called once with the index of each key whose name matches a filter; returns whether to count it
     * @throws KeyspaceException if Redis is unavailable; a refused read only ends the counts of the filters that need it
     */
    void add(List<byte[]> keys, IntPredicate isNew) {
        PageMatches[] matches = named(keys, isNew);
        narrow(keys, matches);
        for (int i = 0; i < filters.length; i++) {
            sums[i] = sums[i].plus(matches[i].sum());
        }
    }

    /** The keys whose names match, by filter. */
    private PageMatches[] named(List<byte[]> keys, IntPredicate isNew) {
        PageMatches[] named =
                Stream.generate(PageMatches::new).limit(filters.length).toArray(PageMatches[]::new);
        for (int at = 0; at < keys.size(); at++) {
            byte[] key = keys.get(at);
            boolean counts = false;
            for (int i = 0; i < filters.length; i++) {
                if (!filters[i].matchesName(key)) {
                    continue;
                }
                if (!counts && !isNew.test(at)) {
                    break;
                }
                counts = true;
                named[i].keys.set(at);
            }
        }
        return named;
    }

    private void narrow(List<byte[]> keys, PageMatches[] matches) {
        for (KeyRead read : reads) {
            List<Integer> concerned = IntStream.range(0, filters.length)
                    .filter(i -> sums[i].refusal().isEmpty() && !matches[i].keys.isEmpty())
                    .filter(i -> checks.get(i).stream()
                            .anyMatch(check -> check.read().equals(read)))
                    .boxed()
                    .toList();
            if (!concerned.isEmpty()) {
                try {
                    narrow(keys, matches, read, concerned);
                } catch (KeyspaceException e) {
                    refused(concerned, e);
                }
            }
        }
    }

    /** Asks for each key that one of the filters counts, and applies the rules of these filters to the reply. */
    private void narrow(List<byte[]> keys, PageMatches[] matches, KeyRead read, List<Integer> concerned) {
        var asked = new BitSet();
        concerned.forEach(i -> asked.or(matches[i].keys));
        int[] places = asked.stream().toArray();
        List<byte[]> batch = new ArrayList<>(places.length);
        for (int at : places) {
            batch.add(keys.get(at));
        }
        List<?> replies = read.of(shard, batch);
        for (int i : concerned) {
            for (KeyCheck check : checks.get(i)) {
                if (check.read().equals(read)) {
                    apply(check, matches[i], places, replies, keys.size());
                }
            }
        }
    }

    private static void apply(KeyCheck check, PageMatches matches, int[] places, List<?> replies, int pageSize) {
        for (int next = 0; next < places.length; next++) {
            if (matches.keys.get(places[next])) {
                matches.multiply(places[next], check.weight(replies.get(next)), pageSize);
            }
        }
    }

    private void refused(List<Integer> concerned, KeyspaceException refusal) {
        if (!refusal.reason().isPermanentReadError()) {
            throw refusal;
        }
        concerned.forEach(i -> sums[i] = new MatchSum(0, 0, Optional.of(refusal)));
    }

    /**
     * The keys that a filter counts.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a read
     */
    public static List<byte[]> counted(Shard shard, KeyFilter filter, List<byte[]> keys) {
        var counter = new MatchCounter(shard, List.of(filter));
        PageMatches[] matches = counter.named(keys, _ -> true);
        counter.narrow(keys, matches);
        counter.sums[0].refusal().ifPresent(refusal -> {
            throw refusal;
        });
        return matches[0].keys.stream().mapToObj(keys::get).toList();
    }
}
